namespace Neptune.Contracts;

/// <summary>A node that a rank saw fail.</summary>
/// <param name="Node">The node.</param>
/// <param name="Evidence">What was seen, in words that a person can check.</param>
[GenerateSerializer, Immutable, Alias("neptune.suspicion")]
public sealed record Suspicion([property: Id(0)] NodeId Node, [property: Id(1)] string Evidence);
