using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>What a rank does in a generation: meet, share the state, and step in lockstep with the others.</summary>
internal sealed class RankLoop(World world, Node node, Training training, RankAssignment assignment, Rank rank)
{
    private static readonly TimeSpan MeetAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromMinutes(10);

    private readonly List<Frame> _frames = [];
    private bool _hasTrained; // in this or an earlier generation
    private Preparation _preparation = null!; // of the generation behind the one that trains

    /// <summary>What its replica contains.</summary>
    public ReplicaState State { get; private set; }

    public bool IsLoaded { get; private set; }

    /// <summary>How long others may be waited for.</summary>
    public ProgressDeadline Deadline { get; } = new();

    /// <summary>True where the last generation has ended for good.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>True where it has met all others of the last generation.</summary>
    public bool HasMet { get; private set; }

    /// <summary>The generation that it has gone over to; null where the last one has ended otherwise.</summary>
    public Generation? HasSwitched { get; private set; }

    /// <summary>Why the job cannot go on on any node.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whom it saw fail in the last generation.</summary>
    public ImmutableArray<Suspicion> Suspicions { get; private set; } = [];

    /// <summary>Graph, data, and the package that the attempt goes on from.</summary>
    public IEnumerable<Signal> Load()
    {
        if (IsLoaded)
        {
            yield break;
        }
        yield return world.Timeline.Sleep(world.Timeline.Milliseconds(20, 150), node.Silo);
        State = assignment.Spec.ResumeFrom is { } package ? world.Packages[package] : training.Begin;
        IsLoaded = true;
        rank.Progress = rank.Progress with { Ready = 1, Step = State.Version.Step, TotalSteps = training.TotalSteps };
    }

    /// <summary>Trains in one generation.</summary>
    public IEnumerable<Signal> Train(Generation generation, RankPlacement place, RankMembership membership)
    {
        (Suspicions, IsFinal, HasMet, HasSwitched) = ([], false, false, null);
        _preparation = new(world, node, rank, generation, membership);
        if (node.EndOf(generation) is not { } end) // otherwise it was prepared
        {
            end = node.End = new(world, node, generation, place.Rank);
            foreach (var wait in end.Join(generation.From is null ? ProgressDeadline.Unlearnt : MeetAgain))
            {
                yield return wait;
            }
            if (Ends(end, hasMet: false))
            {
                yield break;
            }
        }
        foreach (var wait in Load())
        {
            yield return wait;
        }
        foreach (var wait in Arrive(end, generation, place))
        {
            yield return wait;
        }
        if (Ends(end, hasMet: false))
        {
            yield break;
        }
        foreach (var wait in ShareState(end, generation, place))
        {
            yield return wait;
        }
        if (Suspicions.Length > 0 || (end.Offered is null && generation.Holders.Contains(place.Node)))
        {
            end.Abort();
            yield break;
        }
        foreach (var wait in Exchange(end, FrameKind.Meet, ProgressDeadline.Unlearnt))
        {
            yield return wait;
        }
        end.Offered = null;
        if (Ends(end, hasMet: false))
        {
            yield break;
        }
        world.Checks.Steps.Met(training, generation, node, State, _frames);
        world.Checks.Generations.Met(generation, State.Version);
        (HasMet, _hasTrained) = (true, true);
        var watching = new Lifetime();
        if (place.Range is { Low: 0, Count: > 0 })
        {
            var watch = membership.Watch(generation, _preparation, watching, () => rank.Yields = true);
            world.Timeline.Start(node.Silo, watching, watch);
        }
        world.Timeline.Start(node.Silo, watching, _preparation.Run());
        foreach (var wait in Run(end, generation, place))
        {
            yield return wait;
        }
        watching.End();
    }

    private IEnumerable<Signal> Run(GroupEnd end, Generation generation, RankPlacement place)
    {
        var isStopped = false;
        while (State.Version.Epoch < training.Spec.Epochs)
        {
            var isLeaving = false;
            if (!training.IsEpochOver(State.Version))
            {
                foreach (var wait in Step(end, generation, place))
                {
                    yield return wait;
                }
                if (Fault is not null || Ends(end, hasMet: true))
                {
                    yield break;
                }
                isLeaving = Leaves(generation);
            }
            var stops = _preparation.HeardStage == PreparationStage.None && _frames.Exists(frame => frame.Stops);
            if (training.IsEpochOver(State.Version))
            {
                foreach (var wait in Exchange(end, FrameKind.Epoch, Deadline.Limit))
                {
                    yield return wait;
                }
                if (Ends(end, hasMet: true))
                {
                    yield break;
                }
                State = State.CloseEpoch();
                world.Checks.Steps.Committed(training, generation, node, State);
                KeepPackage(place);
            }
            if (isLeaving && !stops)
            {
                Suspicions = HasSwitched is null ? _preparation.Suspicions : [];
                yield break;
            }
            if (isLeaving)
            {
                isStopped = true;
                break;
            }
        }
        foreach (var wait in Finish(end, place, isStopped))
        {
            yield return wait;
        }
    }

    // Whether the ranks leave their generation after a step, by what all of them have said with it.
    private bool Leaves(Generation generation)
    {
        var isLast = State.Version.Step == training.TotalSteps;
        _preparation.Hear(_frames.Max(frame => frame.Stage));
        if (Preparation.IsPossible(generation) && _frames.TrueForAll(frame => frame.IsReady))
        {
            HasSwitched = _preparation.Next;
            world.Tally.Switches++;
            return true;
        }
        return _preparation.HeardStage != PreparationStage.None && isLast
            || (!isLast && _frames.Exists(frame => frame.Stops || frame.Yields));
    }

    // Into a generation that was prepared: once those have gone over that have trained until now.
    private IEnumerable<Signal> Arrive(GroupEnd end, Generation generation, RankPlacement place)
    {
        if (!generation.IsPrepared)
        {
            yield break;
        }
        var isHolder = generation.Holders.Contains(place.Node);
        if (isHolder)
        {
            end.Offered = State;
        }
        else
        {
            foreach (var wait in Preparation.Rehearsed(end))
            {
                yield return wait;
            }
        }
        if (generation.Holders.Length < generation.WorldSize && world.Mutation != Mutation.FetchesInRehearsal)
        {
            foreach (var wait in Exchange(end, FrameKind.Arrive, isHolder ? Deadline.Limit : TimeSpan.FromHours(1)))
            {
                yield return wait;
            }
            var held = _frames.Where(f => generation.Holders.Contains(generation.Ranks[f.Rank].Node));
            if (end.Failure is null && held.DistinctBy(f => f.Digest).Count() > 1)
            {
                end.Abort();
            }
        }
        if (end.Failure is null)
        {
            rank.Enter(generation, place); // it has begun: until now the one before did
        }
    }

    private IEnumerable<Signal> Step(GroupEnd end, Generation generation, RankPlacement place)
    {
        var began = world.Timeline.Now;
        var jitter = 0.8 + (0.4 * world.Timeline.Milliseconds(0, 1).TotalMilliseconds);
        yield return world.Timeline.Sleep(training.ShardTime * (place.Range.Count * node.Slowness * jitter), node.Silo);
        foreach (var wait in Exchange(end, FrameKind.Step, Deadline.Limit))
        {
            yield return wait;
        }
        if (end.Failure is not null)
        {
            yield break;
        }
        if (State.Version.Step == training.FaultStep)
        {
            Fault = $"Step {State.Version.Step}: the loss is not finite.";
            end.Abort();
            yield break;
        }
        world.Checks.Generations.Committing(generation, node, _frames, State.Version);
        State = State.Next(_frames.Aggregate(0UL, (sum, frame) => sum + frame.Sum));
        world.Tally.Steps++;
        world.Checks.Steps.Committed(training, generation, node, State);
        Deadline.Add(world.Timeline.Now - began);
        rank.Progress = rank.Progress with
        {
            Step = State.Version.Step,
            Samples = rank.Progress.Samples + place.Range.Count,
        };
    }

    // Nobody goes before the package is written: until then every rank can take over what it takes.
    private IEnumerable<Signal> Finish(GroupEnd end, RankPlacement place, bool isStopped)
    {
        if (place.Rank == 0)
        {
            yield return world.Timeline.Sleep(world.Timeline.Milliseconds(1, 30), node.Silo);
            Keep(State);
        }
        foreach (var wait in Exchange(end, FrameKind.Close, ClosePatience))
        {
            yield return wait;
        }
        if (Ends(end, hasMet: true))
        {
            yield break;
        }
        IsFinal = true;
        rank.Progress = rank.Progress with { Ended = 1, Stopped = isStopped, WeightsSha256 = [$"{State.Hash:x64}"] };
    }

    // Who holds the state that the generation goes on from offers it until all have met; the others fetch it.
    private IEnumerable<Signal> ShareState(GroupEnd end, Generation generation, RankPlacement place)
    {
        if (generation.From is not { } from)
        {
            yield break;
        }
        if (generation.Holders.Contains(place.Node))
        {
            // A rank that a late order starts anew does not hold what the one before it had, and says so.
            if (_hasTrained || State.Version == from || generation.IsPrepared)
            {
                world.Checks.Records.Holds(generation, node, State.Version);
                end.Offered = State;
            }
            yield break;
        }
        if (world.Mutation == Mutation.LaggardKeepsState)
        {
            yield break;
        }
        ReplicaState? fetched = null;
        foreach (var holder in generation.Ranks.Where(r => generation.Holders.Contains(r.Node)).ToArray())
        {
            yield return world.Timeline.Sleep(world.Network.Delay() + world.Network.Delay(), node.Silo);
            var peer = world.NodeOf(holder.Node);
            var reached = peer.Silo.IsAlive && !world.Network.IsCut(node.Silo.Name, peer.Silo.Name);
            if (!reached || peer.EndOf(generation)?.Offered is not { } offered)
            {
                Suspicions = [new(holder.Node, "did not give its state")];
                yield break;
            }
            fetched ??= offered;
        }
        State = fetched ?? throw new InvalidOperationException($"generation {generation.Number} has no holder");
        rank.Progress = rank.Progress with { Step = State.Version.Step };
    }

    private IEnumerable<Signal> Exchange(GroupEnd end, FrameKind kind, TimeSpan limit)
    {
        var range = end.Generation.Ranks[end.Rank].Range;
        var isStep = kind == FrameKind.Step;
        return end.Exchanged(
            new(
                end.Generation,
                end.Rank,
                kind,
                kind is FrameKind.Meet or FrameKind.Arrive ? default : State.Version,
                State.Hash,
                range,
                isStep ? Training.Contribution(State, range) : 0,
                isStep && range.Count > 0 && rank.Stops,
                isStep && range.Count > 0 && rank.Yields,
                isStep ? _preparation.Stage : PreparationStage.None,
                isStep && _preparation.IsReady
            ),
            limit,
            _frames
        );
    }

    // True where the group has ended by a failure; then it is noted whom this rank saw fail.
    private bool Ends(GroupEnd end, bool hasMet)
    {
        if (end.Failure is not { } failure)
        {
            return false;
        }
        world.Timeline.Tell(() => $"{node} at {State.Version}: generation {end.Generation.Number} ends: {failure}");
        Suspicions = Preparation.SuspicionsOf(end.Generation, failure, hasMet);
        HasSwitched = null; // an epoch was to be closed before
        return true;
    }

    // At an epoch's end, behind the steps.
    private void KeepPackage(RankPlacement place)
    {
        if (place.Rank == 0)
        {
            var state = State;
            world.Timeline.After(world.Timeline.Milliseconds(1, 60), node.Silo, () => Keep(state));
        }
    }

    private void Keep(ReplicaState state)
    {
        if (rank.Progress.Package is { } known && known.Step > state.Version.Step)
        {
            return;
        }
        var artifact = $"{training.Job}-{state.Version.Step}-{state.Version.Epoch}-{state.Hash:x16}";
        world.Packages[artifact] = state;
        rank.Progress = rank.Progress with
        {
            Package = new()
            {
                Model = training.Spec.Model,
                Artifact = artifact,
                Path = artifact,
                WeightsSha256 = $"{state.Hash:x64}",
                Step = state.Version.Step,
                Epoch = state.Version.Epoch,
            },
        };
    }
}
