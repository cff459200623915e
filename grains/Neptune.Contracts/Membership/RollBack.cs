using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>
/// Replicas or gradients that must be equal were not: what was trained since may be wrong, and is done again.
/// </summary>
/// <param name="To">The newest version that is known to be right.</param>
/// <param name="Wrong">Who computed wrongly, with the evidence; none where no majority says who it was.</param>
/// <param name="Evidence">What was found, in words that a person can check.</param>
[GenerateSerializer, Immutable, Alias("neptune.roll-back")]
public sealed record RollBack(
    [property: Id(0)] TrainingVersion To,
    [property: Id(1)] ImmutableArray<Suspicion> Wrong,
    [property: Id(2)] string Evidence
);
