using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

/// <summary>Asks <see cref="JobStateMachine"/>, persists, and carries out what it commands.</summary>
[GrainType("neptune.job")]
internal sealed partial class JobGrain(
    [PersistentState("job", GrainStorageName.Neptune)] IPersistentState<Stored<JobState>> stored,
    IMembershipStore memberships,
    ICheckpointIndex checkpoints,
    INodeWorkers workers,
    RecoveryPolicy policy,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<JobGrain> logger
) : Grain, IJobGrain
{
    // A tree that has reported so short a time ago is whole.
    private static readonly TimeSpan TreeAge = TimeSpan.FromSeconds(3);

    // The persisted state with progress since then: losing progress loses nothing that matters.
    private JobState? _state;
    private long _reportedAt;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private JobId Id => new(this.GetPrimaryKeyString());

    private JobState State =>
        _state
        ?? throw new NotFoundException(
            $"There is no job {this.GetPrimaryKeyString()}. `neptune jobs list` shows those there are."
        );

    private JobSnapshot View => State.Snapshot with { Coordinator = silo.Name };

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = stored.State.Value;
        return Task.CompletedTask;
    }

    public Task<JobSnapshot> GetSnapshotAsync() => Task.FromResult(View);

    public async Task<JobSnapshot> WaitForChangeAsync(long seen, TimeSpan wait)
    {
        if (State.Snapshot.Revision <= seen)
        {
            await Task.WhenAny(_changed.Task, Task.Delay(wait, time));
        }
        return View;
    }

    public async Task<JobSnapshot> CancelAsync(string reason)
    {
        await ApplyAsync(JobStateMachine.Cancel(State, reason, time.GetUtcNow()));
        return View;
    }

    public async Task<JobSnapshot> ResumeAsync()
    {
        await ApplyAsync(JobStateMachine.Resume(State));
        return View;
    }

    public async Task<JobSnapshot> ScaleAsync(int nodes)
    {
        await ApplyAsync(JobStateMachine.Scale(State, nodes));
        return View;
    }

    public async Task GrantAsync(int attempt, ImmutableArray<GrantedNode> nodes)
    {
        var newest = await memberships.CurrentAsync(Id);
        await ApplyAsync(JobStateMachine.Grant(State, attempt, nodes, newest, Generation.NewToken(), time.GetUtcNow()));
    }

    public async Task FollowAsync(int generation)
    {
        if (_state is not null && generation >= State.Snapshot.Generation)
        {
            await FollowNewestAsync();
        }
    }

    public Task ExplainWaitAsync(string reason) => ApplyAsync(JobStateMachine.ExplainWait(State, reason));

    public Task ReportAsync(ShardReport report)
    {
        _reportedAt = time.GetTimestamp();
        return ApplyAsync(JobStateMachine.Report(State, report, time.GetUtcNow(), policy.ResumesByItself));
    }

    public async Task RecoverAsync(string reason, ImmutableArray<NodeId> lost)
    {
        if (_state is null)
        {
            return;
        }
        if (!lost.IsEmpty)
        {
            await FollowNewestAsync(); // the ranks were faster
        }
        await ApplyAsync(JobStateMachine.Recover(State, lost, reason, policy.ResumesByItself, time.GetUtcNow()));
    }

    public async Task RemindAsync(ImmutableArray<GrantedNode> held)
    {
        if (_state is not null)
        {
            var newest = await memberships.CurrentAsync(Id);
            await DropDoubtfulAsync(newest);
            if (newest is { IsDissolved: false } && newest.Number > (State.Generation?.Number ?? newest.Number))
            {
                await FollowAsync(newest); // with those in between, for the history
            }
            var outcome = JobStateMachine.Remind(State, held, newest, policy.ResumesByItself, time.GetUtcNow());
            var isWhole = outcome.State.Generation == State.Generation && time.GetElapsedTime(_reportedAt) < TreeAge;
            await ApplyAsync(
                isWhole
                    ? outcome with
                    {
                        Commands = outcome.Commands.RemoveAll(command => command is JobCommand.AdoptTree),
                    }
                    : outcome
            );
        }
    }

    private async Task FollowNewestAsync()
    {
        if (await memberships.CurrentAsync(Id) is { } newest)
        {
            await FollowAsync(newest);
        }
    }

    private async Task FollowAsync(Generation newest)
    {
        await DropDoubtfulAsync(newest);
        var endsHere = newest.IsDissolved && State.Generation is { } own && newest.Number > own.Number;
        await ApplyAsync(
            newest.RollBack is not null ? JobStateMachine.RollBack(State, newest, time.GetUtcNow())
            : endsHere ? JobStateMachine.Recover(State, [], newest.Cause, policy.ResumesByItself, time.GetUtcNow())
            : JobStateMachine.Follow(State, newest, await MissedAsync(newest))
        );
    }

    // Before the job is known to go back: nothing can go on from what may be wrong, even where this grain dies in between.
    private async Task DropDoubtfulAsync(Generation? newest)
    {
        if (newest?.RollBack is { } back && newest.Number > (State.Generation?.Number ?? 0))
        {
            foreach (var doubtful in (await checkpoints.ListAsync(Id)).Where(c => back.To.IsBehind(c.Version)))
            {
                await checkpoints.RemoveAsync(Id, doubtful);
            }
        }
    }

    // What the ranks decided while this grain did not look, so that the job's history is whole.
    private async Task<ImmutableArray<Generation>> MissedAsync(Generation newest)
    {
        var own = State.Generation?.Number ?? newest.Number;
        return newest.Number > own + 1
            ? [.. (await memberships.SinceAsync(Id, own)).TakeWhile(g => g.Number < newest.Number)]
            : [];
    }

    private async Task ApplyAsync(JobStateMachine.Outcome outcome)
    {
        var before = _state;
        if (!ReferenceEquals(outcome.State, before))
        {
            if (MustPersist(before, outcome.State))
            {
                await stored.SaveAsync(outcome.State);
            }
            _state = outcome.State;
            Announce(before?.Snapshot.Phase);
        }
        foreach (var command in outcome.Commands)
        {
            await CarryOutAsync(command);
        }
    }

    private void Announce(JobPhase? before)
    {
        var snapshot = State.Snapshot;
        if (before != snapshot.Phase)
        {
            LogPhase(snapshot.Id, snapshot.Phase, snapshot.Reason);
        }
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private static bool MustPersist(JobState? before, JobState after) =>
        before is null
        || before.Attempt != after.Attempt
        || before.Generation != after.Generation
        || before.Snapshot.Spec != after.Snapshot.Spec
        || !before.Lost.SequenceEqual(after.Lost)
        || !before.Recruits.SequenceEqual(after.Recruits)
        || !before.Leaving.SequenceEqual(after.Leaving)
        || before.Snapshot.Phase != after.Snapshot.Phase
        || before.Snapshot.Reason != after.Snapshot.Reason
        || before.Snapshot.Package != after.Snapshot.Package
        || before.Snapshot.Epochs.Length != after.Snapshot.Epochs.Length;

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} is {Phase} {Reason}")]
    private partial void LogPhase(JobId job, JobPhase phase, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: not all nodes could be told")]
    private partial void LogNotTold(Exception error, JobId job);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: the ranks of generation {Generation} could not start")]
    private partial void LogStartFailed(Exception error, JobId job, int generation);
}
