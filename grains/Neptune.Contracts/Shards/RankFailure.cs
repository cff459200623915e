namespace Neptune.Contracts;

/// <summary>Why a rank ended.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Node">Its node.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="IsConsequence">True where the rank only gave up because another had.</param>
[GenerateSerializer, Immutable, Alias("neptune.rank-failure")]
public sealed record RankFailure(
    [property: Id(0)] int Rank,
    [property: Id(1)] NodeId Node,
    [property: Id(2)] string Message,
    [property: Id(3)] bool IsConsequence
);
