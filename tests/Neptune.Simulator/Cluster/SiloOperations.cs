using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>Starts, ends, freezes and thaws silos, and knows which of them the cluster believes to be alive.</summary>
internal sealed class SiloOperations(World world)
{
    private static readonly TimeSpan AnnouncePeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FrozenIsDead = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _believed = [];

    /// <summary>True where the cluster believes that the start of a silo is alive.</summary>
    public bool IsAlive(string address) => _believed.Contains(address);

    /// <summary>A silo starts, once more under its name.</summary>
    public void Start(Silo silo)
    {
        if (silo.IsAlive)
        {
            return;
        }
        BelieveDead(silo); // its own start tells the others
        silo.Incarnation++;
        (silo.IsAlive, silo.IsFrozen, silo.IsEnding) = (true, false, false);
        silo.DisturbedAt = world.Timeline.Now;
        silo.Link = new("host", silo.Address, "", silo.Address);
        foreach (var node in silo.Nodes)
        {
            (node.Grain, node.Run, node.End, node.NextEnd) = (new(world, node), null, null, null);
        }
        _believed.Add(silo.Address);
        world.Timeline.Tell(() => $"silo {silo.Address} starts");
        world.Timeline.Start(silo, new(), Announce(silo));
    }

    /// <summary>A silo's process is killed.</summary>
    public void Crash(Silo silo)
    {
        if (!silo.IsAlive)
        {
            return;
        }
        world.Timeline.Tell(() => $"silo {silo.Address} is gone");
        foreach (var node in silo.Nodes)
        {
            node.Run?.Vanish();
        }
        (silo.IsAlive, silo.IsFrozen) = (false, false);
        silo.Deferred.Clear();
        silo.DisturbedAt = world.Timeline.Now;
        var incarnation = silo.Incarnation;
        world.Timeline.After(
            world.Timeline.Milliseconds(500, 3000),
            null,
            () =>
            {
                if (silo.Incarnation == incarnation)
                {
                    BelieveDead(silo);
                }
            }
        );
    }

    /// <summary>
    /// A silo is stopped as by SIGSTOP, and goes on after a while, when the cluster may have given it up.
    /// </summary>
    public void Freeze(Silo silo, TimeSpan duration)
    {
        if (!silo.IsAlive || silo.IsFrozen)
        {
            return;
        }
        world.Tally.Stalls++;
        world.Timeline.Tell(() => $"silo {silo.Address} is frozen for {duration.TotalSeconds:0.00} s");
        silo.IsFrozen = true;
        silo.DisturbedAt = world.Timeline.Now;
        var incarnation = silo.Incarnation;
        world.Timeline.After(duration, null, () => Thaw(silo, incarnation));
        if (duration > FrozenIsDead)
        {
            world.Timeline.After(
                FrozenIsDead,
                null,
                () =>
                {
                    if (silo.Incarnation == incarnation)
                    {
                        BelieveDead(silo);
                    }
                }
            );
        }
    }

    /// <summary>SIGTERM: its ranks leave their jobs, and then it ends.</summary>
    public void Drain(Silo silo)
    {
        if (silo is { IsAlive: true, IsEnding: false })
        {
            silo.IsEnding = true;
            world.Timeline.Tell(() => $"silo {silo.Address} drains");
            world.Timeline.Start(silo, new(), Leave(silo));
        }
    }

    // It goes on where it was, and finds only after a moment that the others have given it up: until then it is a
    // zombie.
    private void Thaw(Silo silo, int incarnation)
    {
        if (silo.Incarnation != incarnation || !silo.IsAlive)
        {
            return;
        }
        world.Timeline.Tell(() => $"silo {silo.Address} is thawed");
        silo.IsFrozen = false;
        silo.DisturbedAt = world.Timeline.Now;
        world.Timeline.Resume(silo.Deferred);
        silo.Deferred.Clear();
        if (!IsAlive(silo.Address))
        {
            world.Timeline.After(world.Timeline.Milliseconds(10, 800), silo, () => Crash(silo));
        }
    }

    private void BelieveDead(Silo silo)
    {
        if (!_believed.Remove(silo.Address))
        {
            return;
        }
        world.Timeline.Tell(() => $"silo {silo.Address} is declared dead");
        foreach (var job in world.Jobs.Values)
        {
            job.DieOn(silo);
            foreach (var tree in job.Trees)
            {
                tree.DieOn(silo);
            }
        }
        world.Scheduler.DieOn(silo);
        foreach (var node in silo.Nodes)
        {
            node.Grain?.Die();
            node.Grain = null;
        }
    }

    private IEnumerable<Signal> Announce(Silo silo)
    {
        var scheduler = world.Scheduler;
        var description = new SiloDescription
        {
            Name = silo.Name,
            Silo = silo.Address,
            Nodes =
            [
                .. silo.Nodes.Select(n => new NodeInfo
                {
                    Id = n.Id,
                    Threads = 1,
                    NumericsFingerprint = "equal",
                }),
            ],
            Link = silo.Link,
        };
        while (!silo.IsEnding)
        {
            yield return scheduler.Call(silo, turn => scheduler.Register(turn, description));
            yield return world.Timeline.Sleep(AnnouncePeriod, silo);
        }
    }

    private IEnumerable<Signal> Leave(Silo silo)
    {
        var running = silo
            .Nodes.Select(n => n.Run)
            .OfType<Rank>()
            .Where(run => !run.Completion.IsSet)
            .ToImmutableArray();
        foreach (var run in running)
        {
            foreach (var wait in run.Leave($"silo {silo.Name} ends"))
            {
                yield return wait;
            }
        }
        var patience = world.Timeline.Sleep(LeavePatience, silo);
        foreach (var run in running)
        {
            var either = new Signal();
            run.Completion.Then(either.Set);
            patience.Then(either.Set);
            yield return either;
        }
        var scheduler = world.Scheduler;
        var told = scheduler.Call(silo, turn => scheduler.Unregister(turn, silo.Name, silo.Address));
        var limit = world.Timeline.Sleep(AnnouncePeriod, silo);
        var ended = new Signal();
        told.Then(ended.Set);
        limit.Then(ended.Set);
        yield return ended;
        Crash(silo);
        BelieveDead(silo);
    }
}
