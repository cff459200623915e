using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>How far a job's next generation is prepared while its own trains.</summary>
internal enum PreparationStage
{
    /// <summary>Nothing is wished for.</summary>
    None,

    /// <summary>A change is wished for: each rank speaks ahead.</summary>
    Wished,

    /// <summary>The next generation is set: each rank opens its links.</summary>
    Set,
}

/// <summary>
/// Prepares the next generation while a rank's own trains, as grains/Neptune.Worker/Membership/Preparation.cs has it.
/// </summary>
internal sealed class Preparation(World world, Node node, Rank rank, Generation generation, RankMembership membership)
{
    private static readonly TimeSpan MeetAgain = TimeSpan.FromSeconds(3);

    private readonly Signal[] _heard = [new(), new()];

    /// <summary>Said by the rank that watches.</summary>
    public PreparationStage Stage { get; set; }

    /// <summary>The furthest stage that all ranks have heard of.</summary>
    public PreparationStage HeardStage { get; private set; }

    /// <summary>True where this rank can go over.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The next generation, once it is known.</summary>
    public Generation? Next { get; private set; }

    /// <summary>Whom it saw fail while it opened the links.</summary>
    public ImmutableArray<Suspicion> Suspicions { get; private set; } = [];

    /// <summary>True where all ranks have a say in each step.</summary>
    public static bool IsPossible(Generation generation) => generation.Ranks.All(r => r.Range.Count > 0);

    /// <summary>Set when all ranks have heard of a stage.</summary>
    public Signal WhenHeard(PreparationStage stage) => _heard[(int)stage - 1];

    /// <summary>A step's frames say how far it is.</summary>
    public void Hear(PreparationStage stage)
    {
        for (; HeardStage < stage; HeardStage++)
        {
            _heard[(int)HeardStage].Set();
        }
    }

    /// <summary>Prepares what the watch has begun.</summary>
    public IEnumerable<Signal> Run()
    {
        yield return WhenHeard(PreparationStage.Wished);
        foreach (var wait in membership.SpeakAhead(generation, rank.Loop.State.Version))
        {
            yield return wait;
        }
        yield return WhenHeard(PreparationStage.Set);
        foreach (var wait in membership.After(generation, next => Next = next))
        {
            yield return wait;
        }
        if (!Next!.IsPrepared)
        {
            yield break; // this one has failed elsewhere, and will here
        }
        if (membership.PlaceIn(Next) is { } place)
        {
            var end = node.NextEnd = new(world, node, Next, place.Rank) { Offered = rank.Loop.State };
            foreach (var wait in end.Join(MeetAgain))
            {
                yield return wait;
            }
            foreach (var wait in Rehearsed(end))
            {
                yield return wait;
            }
            if (end.Failure is { } failure)
            {
                Suspicions = SuspicionsOf(Next, failure, hasMet: false);
                rank.Yields = true;
                yield break;
            }
        }
        IsReady = true;
    }

    /// <summary>Waits until all ranks of the next generation have their links, and the new ones have rehearsed.</summary>
    public static IEnumerable<Signal> Rehearsed(GroupEnd end) =>
        end.Generation.Holders.Length < end.Generation.WorldSize
            ? end.Exchanged(new(end.Generation, end.Rank, FrameKind.Rehearsed), ProgressDeadline.Unlearnt, [])
            : [];

    /// <summary>Whom a rank suspects where its group fails.</summary>
    public static ImmutableArray<Suspicion> SuspicionsOf(Generation generation, GroupFailure failure, bool hasMet) =>
        // While the ranks meet, one whose link closes may have given up because of a third.
        failure.Rank
            is not { } seen
        || (!hasMet && failure.Kind == GroupFailureKind.LinkLost)
            ? []
            : [new(generation.Ranks[seen].Node, failure.Kind.ToString())];
}
