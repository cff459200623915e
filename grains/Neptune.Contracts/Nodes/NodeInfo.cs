namespace Neptune.Contracts;

/// <summary>A node as its silo describes it.</summary>
[GenerateSerializer, Immutable, Alias("neptune.node-info")]
public sealed record NodeInfo
{
    /// <summary>The node.</summary>
    [Id(0)]
    public required NodeId Id { get; init; }

    /// <summary>The number of threads that compute within one operation.</summary>
    [Id(1)]
    public required int Threads { get; init; }

    /// <summary>What the bits of its results depend on; nodes of one job share it.</summary>
    [Id(2)]
    public required string NumericsFingerprint { get; init; }

    /// <summary>Memory of the device's host in bytes.</summary>
    [Id(3)]
    public long MemoryBytes { get; init; }

    /// <summary>The job that holds it; null where it is free.</summary>
    [Id(4)]
    public JobId? Job { get; init; }
}
