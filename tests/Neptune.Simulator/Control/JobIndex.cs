using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>Which jobs are open, as grains/Neptune.Grains/Jobs/JobIndexGrain.cs keeps it.</summary>
internal sealed class JobIndex(World world)
{
    private readonly List<JobId> _open = [];

    public IReadOnlyList<JobId> Open => _open;

    public Reply<bool> Add(Silo from, JobId job) => Change(from, () => _open.Remove(job), () => _open.Add(job));

    public Reply<bool> Close(Silo from, JobId job) => Change(from, () => _open.Remove(job));

    private Reply<bool> Change(Silo from, params Action[] actions)
    {
        var reply = new Reply<bool>();
        world.Timeline.After(
            world.Network.Delay(),
            from,
            () =>
            {
                if (world.Store.IsAway || (world.Store.Errors > 0 && world.Timeline.Chance(world.Store.Errors)))
                {
                    reply.Fail("the index could not be written");
                    return;
                }
                foreach (var action in actions)
                {
                    action();
                }
                reply.Answer(true);
            }
        );
        return reply;
    }
}
