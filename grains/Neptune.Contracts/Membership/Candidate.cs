namespace Neptune.Contracts;

/// <summary>A node that has loaded a job's graph and data, and waits to be taken in.</summary>
/// <param name="Node">The node.</param>
/// <param name="Link">Where the ranks reach it; null where all are in one process.</param>
[GenerateSerializer, Immutable, Alias("neptune.candidate")]
public sealed record Candidate([property: Id(0)] NodeId Node, [property: Id(1)] LinkEndpoint? Link);
