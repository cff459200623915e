using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>
/// The coordinator, as grains/Neptune.Grains/Jobs/JobGrain.cs is: asks the state machine, persists, acts.
/// </summary>
internal sealed partial class JobGrain(World world, Training training) : Grain(world)
{
    private readonly GrainStorage<JobState> _stored = new(world);
    private readonly Dictionary<int, TreeGrain> _trees = [];
    private JobState? _state;
    private int _seen;

    /// <summary>The job that it coordinates.</summary>
    public Training Training => training;

    /// <summary>What is persisted, for invariants.</summary>
    public JobState? Persisted => _stored.Value;

    /// <summary>What it answers with now; null while it is not active.</summary>
    public JobState? Latest => IsActive ? _state : _stored.Value;

    private JobId Id => training.Job;

    private JobState State => _state ?? throw new InvalidOperationException($"there is no job {Id}");

    /// <summary>The tree of a generation.</summary>
    public TreeGrain TreeOf(Generation generation)
    {
        if (!_trees.TryGetValue(generation.Number, out var tree))
        {
            _trees[generation.Number] = tree = new(World, this, generation);
        }
        return tree;
    }

    /// <summary>The trees, for when a silo dies.</summary>
    public IEnumerable<TreeGrain> Trees => _trees.Values;

    public IEnumerable<Signal> Submit(Turn turn)
    {
        if (_state is not null)
        {
            return Apply(turn, JobStateMachine.SubmitAgain(_state));
        }
        try
        {
            JobSpecRules.Check(training.Spec, Plan.Dataset);
        }
        catch (JobRejectedException error)
        {
            turn.Error = error.Message;
            return [];
        }
        return Apply(turn, JobStateMachine.Submit(Id, training.Spec, Plan.Dataset, World.Date));
    }

    public IEnumerable<Signal> Cancel(Turn turn) =>
        _state is null ? [] : Apply(turn, JobStateMachine.Cancel(State, "its owner ended it", World.Date));

    public IEnumerable<Signal> Scale(Turn turn, int nodes)
    {
        if (_state is null)
        {
            return [];
        }
        try
        {
            return Apply(turn, JobStateMachine.Scale(State, nodes));
        }
        catch (Exception error) when (error is ConflictException or InvalidInputException)
        {
            turn.Error = error.Message;
            return [];
        }
    }

    public IEnumerable<Signal> Grant(Turn turn, int attempt, ImmutableArray<GrantedNode> nodes)
    {
        var newest = World.Store.Current(Host, Id);
        yield return newest;
        if (newest.HasFailed || _state is null)
        {
            turn.Error = newest.Error ?? "there is no such job";
            yield break;
        }
        var token = World.Timeline.Token();
        var outcome = JobStateMachine.Grant(State, attempt, nodes, newest.Value, token, World.Date);
        foreach (var wait in Apply(turn, outcome))
        {
            yield return wait;
        }
    }

    public IEnumerable<Signal> Follow(Turn turn, int generation) =>
        _state is not null && generation >= State.Snapshot.Generation ? FollowNewest(turn) : [];

    public IEnumerable<Signal> ExplainWait(Turn turn, string reason) =>
        _state is null ? [] : Apply(turn, JobStateMachine.ExplainWait(State, reason));

    public IEnumerable<Signal> Report(Turn turn, ShardReport report)
    {
        World.Timeline.Tell(() =>
            $"{Id} hears of generation {report.Generation}: {report.Ready} ready, {report.Ended} ended "
            + $"of {report.RankCount}"
        );
        return _state is null ? [] : Apply(turn, JobStateMachine.Report(State, report, World.Date, resumes: true));
    }

    public IEnumerable<Signal> Recover(Turn turn, string reason, ImmutableArray<NodeId> lost)
    {
        if (_state is null)
        {
            yield break;
        }
        if (!lost.IsEmpty)
        {
            foreach (var wait in FollowNewest(turn)) // the ranks were faster
            {
                yield return wait;
            }
            if (turn.HasFailed)
            {
                yield break;
            }
        }
        foreach (var wait in Apply(turn, World.Rules.Recover(State, lost, reason, World.Date)))
        {
            yield return wait;
        }
    }

    public IEnumerable<Signal> Remind(Turn turn, ImmutableArray<GrantedNode> held)
    {
        if (_state is null)
        {
            yield break;
        }
        var newest = World.Store.Current(Host, Id);
        yield return newest;
        if (newest.HasFailed)
        {
            turn.Error = newest.Error;
            yield break;
        }
        foreach (var wait in Apply(turn, JobStateMachine.Remind(State, held, newest.Value, true, World.Date)))
        {
            yield return wait;
        }
    }

    protected override void Activate() => (_state, _seen) = (_stored.Value, _stored.Version);

    private IEnumerable<Signal> FollowNewest(Turn turn)
    {
        var newest = World.Store.Current(Host, Id);
        yield return newest;
        if (newest.HasFailed)
        {
            turn.Error = newest.Error;
        }
        else if (newest.Value is { } generation)
        {
            foreach (var wait in Apply(turn, JobStateMachine.Follow(State, generation)))
            {
                yield return wait;
            }
        }
    }

    private IEnumerable<Signal> Apply(Turn turn, JobStateMachine.Outcome outcome)
    {
        var before = _state;
        if (!ReferenceEquals(outcome.State, before))
        {
            if (MustPersist(before, outcome.State))
            {
                var written = _stored.Write(Host, _seen, outcome.State);
                yield return written;
                if (written.HasFailed)
                {
                    turn.Error = written.Error;
                    if (_seen != _stored.Version)
                    {
                        Die(); // its view is old, as Orleans finds by the state's tag
                    }
                    yield break;
                }
                _seen = written.Value;
            }
            _state = outcome.State;
            if (before?.Snapshot.Phase != outcome.State.Snapshot.Phase)
            {
                var snapshot = outcome.State.Snapshot;
                World.Timeline.Tell(() => $"{Id} is {snapshot.Phase} {snapshot.Reason}");
            }
            World.Checks.Jobs.Changed(training, before, outcome.State);
        }
        foreach (var command in outcome.Commands)
        {
            foreach (var wait in CarryOut(turn, command))
            {
                yield return wait;
            }
            if (turn.HasFailed)
            {
                yield break;
            }
        }
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
}
