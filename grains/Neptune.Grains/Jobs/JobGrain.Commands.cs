using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

// How the commands of the state machine are carried out.
internal sealed partial class JobGrain
{
    private async Task CarryOutAsync(JobCommand command)
    {
        switch (command)
        {
            case JobCommand.Enqueue enqueue:
                await GrainFactory.GetGrain<IJobIndexGrain>(IJobIndexGrain.Key).AddAsync(Id);
                await Scheduler.EnqueueAsync(enqueue.Job);
                break;
            case JobCommand.StartTree start:
                await StartTreeAsync(start.Generation);
                break;
            case JobCommand.AdoptTree adopt:
                // Not awaited: a node may have died, and this grain must be free to hear of that.
                TellAsync(RootOf(adopt.Generation).StartAsync(AssignmentOf(adopt.Generation, isUnderWay: true)))
                    .Ignore();
                break;
            case JobCommand.Recruit recruit:
                foreach (var node in recruit.Nodes)
                {
                    TellAsync(RecruitAsync(node)).Ignore();
                }
                break;
            case JobCommand.Dismiss dismiss:
                foreach (var departure in dismiss.Departures)
                {
                    await memberships.DepartAsync(Id, departure);
                }
                break;
            case JobCommand.Return back:
                await Scheduler.ReturnAsync(Id, back.Nodes);
                break;
            case JobCommand.Fence fence:
                foreach (var (node, evidence) in fence.Nodes)
                {
                    await Scheduler.FenceAsync(node, evidence);
                }
                break;
            case JobCommand.Pardon pardon:
                foreach (var (node, evidence) in pardon.Nodes)
                {
                    await Scheduler.PardonAsync(node, evidence);
                }
                break;
            case JobCommand.StopTree stop:
                // Not awaited: a node may have died, and this grain must be free to hear of that.
                TellAsync(RootOf(stop.Generation).StopAsync()).Ignore();
                break;
            case JobCommand.Release:
                await DissolveAsync();
                await Scheduler.ReleaseAsync(Id);
                if (State.Snapshot.HasEnded)
                {
                    await GrainFactory.GetGrain<IJobIndexGrain>(IJobIndexGrain.Key).CloseAsync(Id);
                }
                break;
            case JobCommand.Register register:
                await RegisterAsync(register);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No way to carry out {command}.");
        }
    }

    private async Task StartTreeAsync(Generation generation)
    {
        try
        {
            if (!await memberships.TryAppendAsync(generation))
            {
                return; // an activation of this grain on another silo has gone on
            }
            await RootOf(generation).StartAsync(AssignmentOf(generation, isUnderWay: false));
        }
        catch (Exception error)
            when (error is OrleansException or TimeoutException or NotFoundException or StoreUnavailableException)
        {
            // A silo has died since the scheduler looked, which the scheduler finds out too; or the store is away.
            LogStartFailed(error, Id, generation.Number);
            await ApplyAsync(JobStateMachine.StartAgain(State, $"starts again: {error.Message}", time.GetUtcNow()));
        }
        catch (Exception error)
        {
            LogStartFailed(error, Id, generation.Number);
            var cause = new RankFailure(
                0,
                generation.Ranks[0].Node,
                $"The ranks could not start: {error.Message}",
                false
            );
            var report = ReportMerge.Silent(Id, generation.Number, 0, generation.WorldSize);
            await ReportAsync(report with { Ended = report.RankCount, Failures = [cause] });
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

    private async Task RecruitAsync(NodeId node)
    {
        var (state, generation) = (State, State.Generation!);
        await memberships.StayAsync(Id, node); // it may have left before
        await GrainFactory
            .GetGrain<INodeGrain>(node.Value)
            .StartRankAsync(
                new()
                {
                    Spec = state.Snapshot.Spec,
                    Generation = generation,
                    Node = node,
                    Attempt = state.Attempt,
                    Dataset = state.Dataset,
                }
            );
    }

    // Whoever still trains, or waits to be taken in, learns that the job needs it no more. A generation that was planned
    // and never set is dissolved as well: an activation of this grain that was thought dead cannot set it any more.
    private async Task DissolveAsync()
    {
        while (true)
        {
            var newest = await memberships.CurrentAsync(Id);
            var number = newest?.Number ?? 0;
            if (newest?.IsDissolved != false && number >= State.Snapshot.Generation)
            {
                break;
            }
            await memberships.TryAppendAsync(
                new()
                {
                    Job = Id,
                    Number = number + 1,
                    Ranks = [],
                    Token = Generation.NewToken(),
                    Cause = $"the job is {State.Snapshot.Phase}",
                    At = time.GetUtcNow(),
                }
            );
        }
        await memberships.ForgetAsync(Id);
    }

    private async Task TellAsync(Task told)
    {
        try
        {
            await told;
        }
        catch (Exception error)
        {
            LogNotTold(error, Id);
        }
    }

    private async Task RegisterAsync(JobCommand.Register register)
    {
        var spec = State.Snapshot.Spec;
        var version = await GrainFactory
            .GetGrain<IModelGrain>(spec.Model.Value)
            .RegisterAsync(
                new()
                {
                    Package = register.Package,
                    Job = Id,
                    Dataset = spec.Dataset.ToString(),
                    Metrics = register.Metrics,
                    RegisteredAt = time.GetUtcNow(),
                }
            );
        await ApplyAsync(JobStateMachine.Registered(State, version.Package, time.GetUtcNow()));
    }

    private ISchedulerGrain Scheduler => GrainFactory.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    private IShardGrain RootOf(Generation generation) =>
        GrainFactory.GetGrain<IShardGrain>(ShardAssignment.KeyOf(generation, 0, generation.WorldSize));
}
