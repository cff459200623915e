using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>A node that was fenced for numbers that were not finite, which is proven once the job is past that step without it.</summary>
/// <param name="Accused">The node, with the evidence.</param>
/// <param name="Step">The step, which was not committed.</param>
[GenerateSerializer, Immutable, Alias("neptune.open-charge")]
public sealed record OpenCharge([property: Id(0)] Suspicion Accused, [property: Id(1)] long Step);
