namespace Neptune.Contracts;

/// <summary>A node that a job is given.</summary>
/// <param name="Node">The node.</param>
/// <param name="Link">Where its silo takes links; null where it has none to offer.</param>
/// <param name="NumericsFingerprint">What the bits of its results depend on.</param>
[GenerateSerializer, Immutable, Alias("neptune.granted-node")]
public sealed record GrantedNode(
    [property: Id(0)] NodeId Node,
    [property: Id(1)] LinkEndpoint? Link,
    [property: Id(2)] string NumericsFingerprint
);
