using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>
/// A rank from loading to its end, as grains/Neptune.Worker/Ranks/RankRun.cs has it: when a generation ends, it agrees
/// with the others on the next one, and goes on.
/// </summary>
internal sealed class Rank
{
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRejoin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRejoin = TimeSpan.FromMinutes(1);

    private readonly World _world;
    private readonly Node _node;
    private readonly RankAssignment _assignment;
    private readonly RankMembership _membership;
    private readonly Lifetime _lifetime = new();
    private string? _abortReason;

    public Rank(World world, Node node, RankAssignment assignment)
    {
        (_world, _node, _assignment) = (world, node, assignment);
        Training = world.Plan.Of(assignment.Generation.Job);
        _membership = new(world, node, Training, assignment.Attempt, _lifetime);
        Loop = new(world, node, Training, assignment, this);
        Progress = new()
        {
            Job = Training.Job,
            Generation = 0,
            FirstRank = 0,
            RankCount = 1,
        };
        world.Timeline.Start(node.Silo, _lifetime, Run());
    }

    public Training Training { get; }

    public RankAssignment Assignment => _assignment;

    /// <summary>What it reports.</summary>
    public ShardReport Progress { get; set; }

    /// <summary>Set once it has ended.</summary>
    public Signal Completion { get; } = new();

    /// <summary>True while it is no member of its job.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Its training.</summary>
    public RankLoop Loop { get; }

    /// <summary>The membership that it is, or was last, a member of.</summary>
    public Generation? Generation { get; private set; }

    /// <summary>True where it was asked to stop.</summary>
    public bool Stops { get; private set; }

    /// <summary>True where a change of membership is wished for, in this generation.</summary>
    public bool Yields { get; set; }

    /// <summary>Asks all ranks to stop at a step boundary.</summary>
    public void RequestStop() => Stops = true;

    /// <summary>Asks to leave at a step boundary.</summary>
    public IEnumerable<Signal> Leave(string reason)
    {
        if (Generation is { } generation && generation.Ranks.All(r => r.Link?.Process == _node.Silo.Link.Process))
        {
            Abort(reason);
            yield break;
        }
        yield return _world.Store.Depart(_node.Silo, Training.Job, new(_node.Id, reason));
    }

    /// <summary>Ends it at once, and its group with it.</summary>
    public void Abort(string reason)
    {
        if (Completion.IsSet || _lifetime.IsOver)
        {
            return;
        }
        _abortReason ??= reason;
        _node.End?.Abort();
        _node.NextEnd?.Abort();
        Fail(_abortReason, isConsequence: true);
    }

    /// <summary>Its process is gone.</summary>
    public void Vanish()
    {
        _lifetime.End();
        CloseGroup();
    }

    private IEnumerable<Signal> Run()
    {
        var generation = (Generation?)_assignment.Generation;
        var rejoin = FirstRejoin;
        if (_membership.PlaceIn(generation!) is null)
        {
            foreach (var wait in AwaitInclusion(TimeSpan.Zero))
            {
                yield return wait;
            }
            generation = _membership.Found;
        }
        while (generation is not null && _membership.IsOfUse(generation))
        {
            if (_membership.PlaceIn(generation) is { } place)
            {
                (Generation, Yields) = (generation, false);
                if (!generation.IsPrepared)
                {
                    Enter(generation, place);
                }
                foreach (var wait in Loop.Train(generation, place, _membership))
                {
                    yield return wait;
                }
                if (Loop.HasSwitched is { } next)
                {
                    _node.End!.Close();
                    (_node.End, _node.NextEnd) = (_node.NextEnd, null);
                    generation = next;
                    continue;
                }
                CloseGroup();
                if (Loop.Fault is { } fault)
                {
                    var mine = StatementOf(generation, place) with { Suspicions = [], Fault = fault };
                    foreach (var wait in _membership.SpeakOfFault(generation, mine, Enter))
                    {
                        yield return wait;
                    }
                    Fail(fault, isConsequence: false);
                    yield break;
                }
                if (Loop.IsFinal)
                {
                    Complete();
                    yield break;
                }
                if (Progress.Generation < generation.Number)
                {
                    Enter(generation, place); // it has not begun: the rank speaks of it as a member
                }
                foreach (var wait in _membership.Next(generation, StatementOf(generation, place), Patience, Enter))
                {
                    yield return wait;
                }
                if (_membership.Fault is { } elsewhere)
                {
                    Fail(elsewhere, isConsequence: true);
                    yield break;
                }
                generation = _membership.Found;
                continue;
            }
            // The others went on without it: it was asked to leave, or did not keep up.
            foreach (var wait in AwaitInclusion(rejoin))
            {
                yield return wait;
            }
            generation = _membership.Found;
            rejoin = rejoin * 2 < LastRejoin ? rejoin * 2 : LastRejoin;
        }
        Complete();
    }

    private TimeSpan Patience =>
        Loop.Deadline.IsLearnt
            ? Loop.Deadline.Limit < LeastPatience
                ? LeastPatience
                : Loop.Deadline.Limit
            : ProgressDeadline.Unlearnt;

    /// <summary>It is a member of a generation that has begun.</summary>
    public void Enter(Generation generation, RankPlacement place)
    {
        _world.Timeline.Tell(() => $"{_node} is rank {place.Rank} of {generation.Job} generation {generation.Number}");
        Progress = Progress with { Generation = generation.Number, FirstRank = place.Rank };
    }

    private IEnumerable<Signal> AwaitInclusion(TimeSpan pause)
    {
        IsWaiting = true;
        foreach (var wait in Loop.Load())
        {
            yield return wait;
        }
        foreach (var wait in _membership.AwaitInclusion(pause))
        {
            yield return wait;
        }
        IsWaiting = false;
    }

    private RankStatement StatementOf(Generation generation, RankPlacement place) =>
        new()
        {
            Generation = generation.Number,
            Node = place.Node,
            Version = Loop.IsLoaded ? Loop.State.Version : RankStatement.Unloaded,
            Suspicions = Loop.Suspicions,
        };

    private void Fail(string message, bool isConsequence)
    {
        _world.Timeline.Tell(() => $"{_node} fails: {message}");
        Progress = Progress with { Ended = 1, Failures = [new(Progress.FirstRank, _node.Id, message, isConsequence)] };
        Complete();
    }

    private void Complete()
    {
        _world.Timeline.Tell(() => $"{_node} has ended its part of {Training.Job}");
        IsWaiting = false;
        CloseGroup();
        _lifetime.End();
        Completion.Set();
    }

    private void CloseGroup()
    {
        _node.End?.Close();
        _node.NextEnd?.Close();
        (_node.End, _node.NextEnd) = (null, null);
    }
}
