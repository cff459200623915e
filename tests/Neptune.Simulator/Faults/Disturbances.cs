namespace Neptune.Simulator;

/// <summary>The schedule of a seed: what its owners ask for, and what goes wrong, until it is quiet.</summary>
internal sealed class Disturbances(World world)
{
    private Timeline Timeline => world.Timeline;

    /// <summary>Starts the cluster and puts all that will disturb it on the timeline.</summary>
    public void Schedule()
    {
        var quiet = world.Plan.QuietFrom;
        foreach (var silo in world.Silos)
        {
            Timeline.After(Timeline.Milliseconds(0, 100), null, () => world.Operations.Start(silo));
        }
        foreach (var node in world.Nodes)
        {
            node.Slowness = Timeline.Chance(0.1) ? Timeline.Between(1, 4) : 1;
        }
        if (Timeline.Chance(0.5))
        {
            (world.Network.Loss, world.Network.Duplication) = (0.05 * Share(), 0.05 * Share());
            (world.Network.Slowness, world.Store.Errors) = (1 + (4 * Share()), 0.05 * Share());
        }
        foreach (var job in world.Jobs.Values)
        {
            Timeline.After(Timeline.Milliseconds(0, 500), null, () => Timeline.Start(null, new(), Submit(job)));
        }
        for (var i = 0; i < world.Plan.Faults; i++)
        {
            Timeline.After(Timeline.Between(TimeSpan.FromMilliseconds(200), quiet), null, Disturb);
        }
        Timeline.After(quiet, null, Calm);
    }

    private double Share() => Timeline.Milliseconds(0, 1).TotalMilliseconds;

    private void Disturb()
    {
        switch (Timeline.Between(0, 11))
        {
            case 0 or 1:
                Crash(Timeline.Pick(world.Silos));
                break;
            case 2:
                world.Operations.Freeze(Timeline.Pick(world.Silos), Timeline.Milliseconds(50, 900));
                break;
            case 3:
                world.Operations.Freeze(Timeline.Pick(world.Silos), Timeline.Milliseconds(1000, 9000));
                break;
            case 4:
                Cut(withStore: Timeline.Chance(0.5));
                break;
            case 5:
                StoreAway();
                break;
            case 6:
                CoordinatorDies();
                break;
            case 7 or 8:
                Scale();
                break;
            case 9:
                Drain(Timeline.Pick(world.Silos));
                break;
            case 10:
                DrainNode();
                break;
            default:
                Rare();
                break;
        }
    }

    private void Rare()
    {
        if (Timeline.Chance(0.2))
        {
            foreach (var silo in world.Silos) // the power fails
            {
                Crash(silo);
            }
        }
        else if (Timeline.Chance(0.4))
        {
            var job = Timeline.Pick(world.Jobs.Values.ToArray());
            Timeline.Tell(() => $"the owner ends {job.Training.Job}");
            Timeline.Start(null, new(), Repeated(() => job.Call(null, job.Cancel)));
        }
        else
        {
            CoordinatorDies();
        }
    }

    private void Crash(Silo silo)
    {
        if (!silo.IsAlive)
        {
            return;
        }
        world.Tally.Crashes++;
        world.Operations.Crash(silo);
        if (Timeline.Chance(0.7))
        {
            Timeline.After(Timeline.Milliseconds(300, 4000), null, () => world.Operations.Start(silo));
        }
    }

    private void Drain(Silo silo)
    {
        world.Operations.Drain(silo);
        Timeline.After(Timeline.Milliseconds(12_000, 14_000), null, () => world.Operations.Start(silo));
    }

    private void Cut(bool withStore)
    {
        world.Tally.Partitions++;
        var part = world.Silos.Where(_ => Timeline.Chance(0.4)).Select(s => s.Name).ToHashSet();
        if (withStore)
        {
            part.Add(Network.Store);
        }
        Timeline.Tell(() => $"partition: {string.Join(", ", part)} from all others");
        MarkDisturbed();
        world.Network.Cut(part);
        Timeline.After(
            Timeline.Milliseconds(50, 4000),
            null,
            () =>
            {
                Timeline.Tell(() => $"partition heals: {string.Join(", ", part)}");
                MarkDisturbed();
                world.Network.Heal(part);
            }
        );
    }

    private void StoreAway()
    {
        world.Tally.StoreOutages++;
        Timeline.Tell(() => "the store is away");
        (world.Store.IsAway, world.Store.DisturbedAt) = (true, Timeline.Now);
        Timeline.After(Timeline.Milliseconds(20, 3000), null, StoreBack);
    }

    private void StoreBack()
    {
        if (world.Store.IsAway)
        {
            Timeline.Tell(() => "the store is back");
            (world.Store.IsAway, world.Store.DisturbedAt) = (false, Timeline.Now);
        }
    }

    private void CoordinatorDies()
    {
        world.Tally.CoordinatorDeaths++;
        var job = Timeline.Pick(world.Jobs.Values.ToArray());
        Grain[] grains = [job, job, job, world.Scheduler, .. job.Trees];
        var grain = Timeline.Pick(grains);
        Timeline.Tell(() => $"an activation of {grain.GetType().Name} dies");
        grain.Die();
    }

    private void Scale()
    {
        var job = Timeline.Pick(world.Jobs.Values.ToArray());
        var nodes = Timeline.Between(1, Math.Max(1, world.Plan.Nodes));
        Timeline.Tell(() => $"the owner scales {job.Training.Job} to {nodes}");
        job.Call(null, turn => job.Scale(turn, nodes));
    }

    private void DrainNode()
    {
        var node = Timeline.Pick(world.Nodes.ToArray());
        world.Scheduler.Call(null, turn => world.Scheduler.Drain(turn, node.Id, true));
    }

    // What is asked for until it is answered.
    private IEnumerable<Signal> Submit(JobGrain job) => Repeated(() => job.Call(null, job.Submit));

    private IEnumerable<Signal> Repeated(Func<Reply<object?>> call)
    {
        while (true)
        {
            var reply = call();
            yield return reply;
            if (!reply.HasFailed)
            {
                yield break;
            }
            yield return Timeline.Sleep(TimeSpan.FromMilliseconds(300), null);
        }
    }

    // Faults stop: all silos are there, who is frozen goes on, and nothing is lost any more.
    private void Calm()
    {
        Timeline.Tell(() => "all is quiet from now on");
        (world.Network.Loss, world.Network.Duplication, world.Network.Slowness, world.Store.Errors) = (0, 0, 1, 0);
        StoreBack();
        MarkDisturbed();
        Timeline.After(TimeSpan.FromSeconds(15), null, Restart); // the last to be thawed or to drain are done by then
    }

    private void Restart()
    {
        foreach (var silo in world.Silos)
        {
            world.Operations.Start(silo);
        }
        foreach (var node in world.Nodes)
        {
            var id = node.Id;
            Timeline.Start(
                null,
                new(),
                Repeated(() => world.Scheduler.Call(null, turn => world.Scheduler.Drain(turn, id, false)))
            );
        }
    }

    private void MarkDisturbed()
    {
        foreach (var silo in world.Silos)
        {
            silo.DisturbedAt = Timeline.Now;
        }
    }
}
