namespace Neptune.Contracts;

/// <summary>What a node is given: one rank of a generation.</summary>
[GenerateSerializer, Immutable, Alias("neptune.rank-assignment")]
public sealed record RankAssignment
{
    /// <summary>What to train.</summary>
    [Id(0)]
    public required JobSpec Spec { get; init; }

    /// <summary>The membership.</summary>
    [Id(1)]
    public required Generation Generation { get; init; }

    /// <summary>This node's rank.</summary>
    [Id(2)]
    public required int Rank { get; init; }

    /// <summary>The key of the ShardGrain to report to.</summary>
    [Id(3)]
    public required string Parent { get; init; }

    /// <summary>The data set's version that the job is pinned to.</summary>
    [Id(4)]
    public required DatasetInfo Dataset { get; init; }

    /// <summary>This rank's place.</summary>
    public RankPlacement Placement => Generation.Ranks[Rank];
}
