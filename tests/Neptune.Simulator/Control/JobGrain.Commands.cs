using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

// How the commands of the state machine are carried out.
internal sealed partial class JobGrain
{
    private IEnumerable<Signal> CarryOut(Turn turn, JobCommand command)
    {
        World.Timeline.Tell(() => $"{Id} does {command.GetType().Name}");
        var scheduler = World.Scheduler;
        return command switch
        {
            JobCommand.Enqueue enqueue => Enqueue(turn, enqueue.Job),
            JobCommand.StartTree start => StartTree(turn, start.Generation),
            JobCommand.AdoptTree adopt => NotAwaited(() =>
            {
                var tree = TreeOf(adopt.Generation);
                var assignment = AssignmentOf(adopt.Generation, isUnderWay: true);
                tree.Call(Host, told => tree.Start(told, assignment));
            }),
            JobCommand.Recruit recruit => NotAwaited(() =>
            {
                foreach (var node in recruit.Nodes)
                {
                    Beside(Recruit(node));
                }
            }),
            JobCommand.Dismiss dismiss => Dismiss(turn, dismiss),
            JobCommand.Return back => Await(turn, scheduler.Call(Host, told => scheduler.Return(told, Id, back.Nodes))),
            JobCommand.StopTree stop => NotAwaited(() =>
            {
                var tree = TreeOf(stop.Generation);
                tree.Call(Host, _ => tree.Stop());
            }),
            JobCommand.Release => Release(turn),
            JobCommand.Register register => Register(turn, register),
            _ => throw new InvalidOperationException($"No way to carry out {command}."),
        };
    }

    private static IEnumerable<Signal> NotAwaited(Action action)
    {
        action();
        return [];
    }

    private static IEnumerable<Signal> Await<T>(Turn turn, Reply<T> reply)
    {
        yield return reply;
        turn.Error ??= reply.Error;
    }

    private IEnumerable<Signal> Enqueue(Turn turn, QueuedJob job)
    {
        var added = World.Index.Add(Host, Id);
        yield return added;
        if (added.HasFailed)
        {
            turn.Error = added.Error;
            yield break;
        }
        var scheduler = World.Scheduler;
        foreach (var wait in Await(turn, scheduler.Call(Host, told => scheduler.Enqueue(told, job))))
        {
            yield return wait;
        }
    }

    private IEnumerable<Signal> StartTree(Turn turn, Generation generation)
    {
        var appended = World.Store.TryAppend(Host, generation, null);
        yield return appended;
        if (!appended.HasFailed && !appended.Value)
        {
            yield break; // an activation of this grain on another silo has gone on
        }
        var error = appended.Error;
        if (error is null)
        {
            var tree = TreeOf(generation);
            var assignment = AssignmentOf(generation, isUnderWay: false);
            var started = tree.Call(Host, told => tree.Start(told, assignment));
            yield return started;
            error = started.Error;
        }
        if (error is not null)
        {
            // A silo has died since the scheduler looked; the scheduler finds that out too, and gives other nodes.
            foreach (var wait in Apply(turn, JobStateMachine.StartAgain(State, $"starts again: {error}", World.Date)))
            {
                yield return wait;
            }
        }
    }

    private ShardAssignment AssignmentOf(Generation generation, bool isUnderWay) =>
        new()
        {
            Spec = State.Snapshot.Spec,
            Generation = generation,
            Dataset = State.Dataset,
            FirstRank = 0,
            RankCount = generation.WorldSize,
            Attempt = State.Attempt,
            IsUnderWay = isUnderWay,
        };

    private IEnumerable<Signal> Recruit(NodeId node)
    {
        var (state, generation) = (State, State.Generation!);
        var stays = World.Store.Stay(Host, Id, node); // it may have left before
        yield return stays;
        if (!stays.HasFailed && World.NodeOf(node).Grain is { } grain)
        {
            var assignment = new RankAssignment
            {
                Spec = state.Snapshot.Spec,
                Generation = generation,
                Node = node,
                Attempt = state.Attempt,
                Dataset = state.Dataset,
            };
            yield return grain.Call(Host, told => grain.StartRank(told, assignment));
        }
    }

    private IEnumerable<Signal> Dismiss(Turn turn, JobCommand.Dismiss dismiss)
    {
        foreach (var departure in dismiss.Departures)
        {
            var departed = World.Store.Depart(Host, Id, departure);
            yield return departed;
            if (departed.HasFailed)
            {
                turn.Error = departed.Error;
                yield break;
            }
        }
    }

    private IEnumerable<Signal> Release(Turn turn)
    {
        foreach (var wait in Dissolve(turn))
        {
            yield return wait;
        }
        var (scheduler, hasEnded) = (World.Scheduler, State.Snapshot.HasEnded);
        Func<IEnumerable<Signal>>[] steps =
        [
            () => Await(turn, World.Store.Forget(Host, Id)),
            () => Await(turn, scheduler.Call(Host, told => scheduler.Release(told, Id))),
            () => hasEnded ? Await(turn, World.Index.Close(Host, Id)) : [],
        ];
        foreach (var step in steps)
        {
            if (turn.HasFailed)
            {
                yield break;
            }
            foreach (var wait in step())
            {
                yield return wait;
            }
        }
    }

    // A membership that was planned and never set is dissolved as well, so that a coordinator that thaws cannot set it.
    private IEnumerable<Signal> Dissolve(Turn turn)
    {
        while (true)
        {
            var current = World.Store.Current(Host, Id);
            yield return current;
            if (current.HasFailed)
            {
                turn.Error = current.Error;
                yield break;
            }
            var newest = current.Value?.Number ?? 0;
            if (current.Value?.IsDissolved != false && newest >= State.Snapshot.Generation)
            {
                yield break;
            }
            var end = new Generation
            {
                Job = Id,
                Number = newest + 1,
                Ranks = [],
                Token = World.Timeline.Token(),
                Cause = $"the job is {State.Snapshot.Phase}",
                At = World.Date,
            };
            var appended = World.Store.TryAppend(Host, end, null);
            yield return appended;
            if (appended.HasFailed)
            {
                turn.Error = appended.Error;
                yield break;
            }
        }
    }

    private IEnumerable<Signal> Register(Turn turn, JobCommand.Register register)
    {
        yield return World.Timeline.Sleep(World.Network.Delay(), Host);
        var package = register.Package with { Version = 1 };
        foreach (var wait in Apply(turn, JobStateMachine.Registered(State, package, World.Date)))
        {
            yield return wait;
        }
    }
}
