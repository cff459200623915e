namespace Neptune.Contracts;

/// <summary>One rank of a generation: which node it is and which shards it computes.</summary>
[GenerateSerializer, Immutable, Alias("neptune.rank-placement")]
public sealed record RankPlacement(
    [property: Id(0)] int Rank,
    [property: Id(1)] NodeId Node,
    [property: Id(2)] ShardRange Range
);
