namespace Neptune.Simulator;

/// <summary>
/// A grain: one activation at a time, on some silo, that answers one call after the other. It may end at any moment,
/// also between two waits of a call, and then lives on elsewhere with what it has persisted.
/// </summary>
internal abstract class Grain(World world)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(4);

    private Activation? _activation;

    private sealed class Activation(Silo host)
    {
        public Silo Host => host;
        public int Incarnation { get; } = host.Incarnation;
        public Lifetime Lifetime { get; } = new();
        public Queue<Turn> Waiting { get; } = new();
        public Turn? Current { get; set; }
    }

    protected World World => world;

    /// <summary>Where it runs.</summary>
    protected Silo Host => _activation!.Host;

    /// <summary>Ends with the activation.</summary>
    protected Lifetime Lifetime => _activation!.Lifetime;

    /// <summary>The silo it must be on; null for any.</summary>
    protected virtual Silo? Home => null;

    /// <summary>False where another one has taken its place, with another start of its silo.</summary>
    protected virtual bool IsThere => true;

    /// <summary>Calls the grain. There may be no answer though the call was done, and the other way round.</summary>
    /// <param name="from">The caller's silo; null for a client.</param>
    /// <param name="body">What the grain does.</param>
    public Reply<object?> Call(Silo? from, Func<Turn, IEnumerable<Signal>> body)
    {
        var (timeline, network) = (world.Timeline, world.Network);
        var reply = new Reply<object?>();
        if (timeline.Chance(network.Loss))
        {
            timeline.After(CallLimit, from, () => reply.Fail("the call was lost"));
            return reply;
        }
        Arrive(from, body, reply);
        if (timeline.Chance(network.Duplication))
        {
            Arrive(from, body, new());
        }
        return reply;
    }

    /// <summary>The activation ends, as when its silo dies; whoever waits for it is told later.</summary>
    public void Die()
    {
        if (_activation is not { } dead)
        {
            return;
        }
        _activation = null;
        dead.Lifetime.End();
        foreach (var turn in dead.Waiting.Append(dead.Current).OfType<Turn>())
        {
            world.Timeline.After(world.Network.Delay(), null, () => turn.Reply.Fail("the grain's silo is gone"));
        }
    }

    /// <summary>The activation on a silo, if it is there, ends.</summary>
    public void DieOn(Silo silo)
    {
        if (_activation?.Host == silo)
        {
            Die();
        }
    }

    /// <summary>True where it is active.</summary>
    public bool IsActive => _activation is not null;

    /// <summary>Reads what is persisted, and starts timers.</summary>
    protected abstract void Activate();

    /// <summary>Code beside the calls: a timer's, or a call that is not awaited.</summary>
    protected void Beside(IEnumerable<Signal> body) => world.Timeline.Start(Host, Lifetime, body);

    /// <summary>A call to itself, in a turn of its own.</summary>
    protected void InTurn(Func<Turn, IEnumerable<Signal>> body) => Enqueue(_activation!, new(body, new()));

    /// <summary>Activates it where it is not active.</summary>
    public bool EnsureActive()
    {
        if (_activation is { } known)
        {
            return known.Host.IsAlive && known.Host.Incarnation == known.Incarnation;
        }
        if (!IsThere)
        {
            return false;
        }
        var hosts = Home is { } home ? [home] : world.Silos;
        hosts = [.. hosts.Where(s => s is { IsAlive: true, IsFrozen: false } && world.Operations.IsAlive(s.Address))];
        if (hosts.Length == 0)
        {
            return false;
        }
        _activation = new(world.Timeline.Pick(hosts));
        Activate();
        return true;
    }

    private void Arrive(Silo? from, Func<Turn, IEnumerable<Signal>> body, Reply<object?> reply) =>
        world.Timeline.After(
            world.Network.Delay(),
            null,
            () =>
            {
                var isCut = from is not null && _activation is { } a && world.Network.IsCut(from.Name, a.Host.Name);
                if (isCut || !EnsureActive())
                {
                    world.Timeline.After(CallLimit, from, () => reply.Fail("the grain's silo does not answer"));
                    return;
                }
                Enqueue(_activation!, new(body, Carried(from, reply)));
            }
        );

    private Reply<object?> Carried(Silo? from, Reply<object?> reply)
    {
        var answer = new Reply<object?>();
        var incarnation = from?.Incarnation ?? 0;
        answer.Then(() =>
        {
            if ((from?.Incarnation ?? 0) != incarnation)
            {
                return;
            }
            world.Timeline.After(
                world.Network.Delay(),
                from,
                () =>
                {
                    if (answer.HasFailed)
                    {
                        reply.Fail(answer.Error!);
                    }
                    else
                    {
                        reply.Answer(answer.Value);
                    }
                }
            );
        });
        return answer;
    }

    private void Enqueue(Activation activation, Turn turn)
    {
        activation.Waiting.Enqueue(turn);
        if (activation.Current is null)
        {
            world.Timeline.After(TimeSpan.Zero, activation.Host, () => RunNext(activation));
        }
    }

    private void RunNext(Activation activation)
    {
        if (
            activation.Current is not null
            || activation.Lifetime.IsOver
            || !activation.Waiting.TryDequeue(out var turn)
        )
        {
            return;
        }
        activation.Current = turn;
        world.Timeline.Start(activation.Host, activation.Lifetime, turn.Run(), () => End(activation, turn));
    }

    private void End(Activation activation, Turn turn)
    {
        activation.Current = null;
        if (turn.HasFailed)
        {
            turn.Reply.Fail(turn.Error!);
        }
        else
        {
            turn.Reply.Answer(turn.Result);
        }
        RunNext(activation);
    }
}
