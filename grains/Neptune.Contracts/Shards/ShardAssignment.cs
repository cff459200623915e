using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>What a ShardGrain is given: part of a generation's ranks, to halve or, when one is left, to start.</summary>
[GenerateSerializer, Immutable, Alias("neptune.shard-assignment")]
public sealed record ShardAssignment
{
    /// <summary>What to train.</summary>
    [Id(0)]
    public required JobSpec Spec { get; init; }

    /// <summary>The whole membership: ranks find one another by it.</summary>
    [Id(1)]
    public required Generation Generation { get; init; }

    /// <summary>The first rank of this part.</summary>
    [Id(2)]
    public required int FirstRank { get; init; }

    /// <summary>How many ranks this part has.</summary>
    [Id(3)]
    public required int RankCount { get; init; }

    /// <summary>The key of the ShardGrain to report to; null reports to the JobGrain.</summary>
    [Id(4)]
    public string? Parent { get; init; }

    /// <summary>The data set's version that the job is pinned to.</summary>
    [Id(5)]
    public required DatasetInfo Dataset { get; init; }

    /// <summary>Counts the job's starts.</summary>
    [Id(6)]
    public int Attempt { get; init; }

    /// <summary>
    /// True where the ranks run already and only get a new tree to report to: one that cannot be told does not matter, for
    /// the others go on without it.
    /// </summary>
    [Id(7)]
    public bool IsUnderWay { get; init; }

    /// <summary>The key of the ShardGrain of this part.</summary>
    public string Key => KeyOf(Generation, FirstRank, RankCount);

    /// <summary>The ranks of this part.</summary>
    public ImmutableArray<RankPlacement> Ranks => Generation.Ranks.Slice(FirstRank, RankCount);

    /// <summary>The key of the ShardGrain of some ranks: <c>job/generation/first-end</c>.</summary>
    public static string KeyOf(Generation generation, int firstRank, int rankCount) =>
        $"{generation.Job}/{generation.Number}/{firstRank}-{firstRank + rankCount}";
}
