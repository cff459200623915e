using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>A rank's latest steps, moment by moment.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Node">Its node.</param>
/// <param name="StartedAt">When the rank began, by its own machine's clock.</param>
/// <param name="Steps">The steps, oldest first.</param>
[GenerateSerializer, Immutable, Alias("neptune.rank-trace")]
public sealed record RankTrace(
    [property: Id(0)] int Rank,
    [property: Id(1)] NodeId Node,
    [property: Id(2)] DateTimeOffset StartedAt,
    [property: Id(3)] ImmutableArray<StepSpan> Steps
);
