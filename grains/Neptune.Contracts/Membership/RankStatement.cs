using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>
/// What a rank says when its generation has ended for it, which it does at a step boundary: how far it got, and whom it saw
/// fail. The next generation is planned from the statements. One that is to be prepared is planned from what the ranks say
/// while they train on.
/// </summary>
[GenerateSerializer, Immutable, Alias("neptune.rank-statement")]
public sealed record RankStatement
{
    /// <summary>The version of a rank that has loaded nothing yet.</summary>
    public static readonly TrainingVersion Unloaded = new(-1, -1);

    /// <summary>The number of the generation that has ended.</summary>
    [Id(0)]
    public required int Generation { get; init; }

    /// <summary>Who speaks.</summary>
    [Id(1)]
    public required NodeId Node { get; init; }

    /// <summary>What its replica contains.</summary>
    [Id(2)]
    public required TrainingVersion Version { get; init; }

    /// <summary>The nodes that it saw fail itself, not those it was told of.</summary>
    [Id(3)]
    public ImmutableArray<Suspicion> Suspicions { get; init; } = [];

    /// <summary>Measured seconds of computation for one shard; 0 where nothing was measured.</summary>
    [Id(4)]
    public double SecondsPerShard { get; init; }

    /// <summary>Why the job cannot go on on any node, such as a loss that is not finite; null where it can.</summary>
    [Id(5)]
    public string? Fault { get; init; }

    /// <summary>That the job must do again what it did last; null where nothing is known to be wrong.</summary>
    [Id(6)]
    public RollBack? RollBack { get; init; }

    /// <summary>True where the rank trains on: the next generation is to be prepared meanwhile.</summary>
    [Id(7)]
    public bool IsAhead { get; init; }

    /// <summary>True where the generation was prepared and has never begun, as the one before it has ended otherwise.</summary>
    [Id(8)]
    public bool HasNotBegun { get; init; }
}
