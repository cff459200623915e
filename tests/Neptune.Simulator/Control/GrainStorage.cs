namespace Neptune.Simulator;

/// <summary>
/// What a grain has persisted. A write may fail before or after it was done; one from an old view is refused.
/// </summary>
internal sealed class GrainStorage<T>(World world)
    where T : class
{
    private int _version;

    /// <summary>What is persisted.</summary>
    public T? Value { get; private set; }

    /// <summary>The view of an activation that reads now.</summary>
    public int Version => _version;

    /// <summary>Writes; the answer is the new view's version.</summary>
    public Reply<int> Write(Silo from, int seen, T value)
    {
        var reply = new Reply<int>();
        var timeline = world.Timeline;
        var store = world.Store;
        timeline.After(
            world.Network.Delay(),
            null,
            () =>
            {
                var isAway = store.IsAway || world.Network.IsCut(from.Name, Network.Store);
                var fails = isAway || (store.Errors > 0 && timeline.Chance(store.Errors));
                if (isAway || (fails && timeline.Chance(0.5)) || seen != _version)
                {
                    timeline.After(world.Network.Delay(), from, () => reply.Fail("the storage failed"));
                    return;
                }
                (Value, _version) = (value, _version + 1);
                var version = _version;
                timeline.After(
                    world.Network.Delay(),
                    from,
                    () =>
                    {
                        if (fails)
                        {
                            reply.Fail("the storage failed after it had written");
                        }
                        else
                        {
                            reply.Answer(version);
                        }
                    }
                );
            }
        );
        return reply;
    }
}
