namespace Neptune.Contracts;

/// <summary>A node that leaves a job, or has left it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Reason">Why.</param>
[GenerateSerializer, Immutable, Alias("neptune.departure")]
public sealed record Departure([property: Id(0)] NodeId Node, [property: Id(1)] string Reason);
