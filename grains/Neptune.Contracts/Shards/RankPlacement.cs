namespace Neptune.Contracts;

/// <summary>One rank of a generation.</summary>
/// <param name="Rank">Its place.</param>
/// <param name="Node">Which node it is.</param>
/// <param name="Range">Which shards it computes.</param>
/// <param name="Link">Where the other ranks reach it; null where all are in one process.</param>
[GenerateSerializer, Immutable, Alias("neptune.rank-placement")]
public sealed record RankPlacement(
    [property: Id(0)] int Rank,
    [property: Id(1)] NodeId Node,
    [property: Id(2)] ShardRange Range,
    [property: Id(3)] LinkEndpoint? Link = null
);
