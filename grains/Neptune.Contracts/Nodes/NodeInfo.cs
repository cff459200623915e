using System.Collections.Immutable;

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

    /// <summary>Words that its silo gives it, such as zone=a.</summary>
    [Id(5)]
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What a matrix product reached when the device started, in 10^9 floating-point operations per second.</summary>
    [Id(6)]
    public double Gflops { get; init; }

    /// <summary>True where it gets no new job: it was drained.</summary>
    [Id(7)]
    public bool IsDrained { get; init; }

    /// <summary>Why it was drained by the cluster itself: it computed wrongly. Null where it was not.</summary>
    [Id(8)]
    public string? Fault { get; init; }

    /// <summary>The users' modules that it can run.</summary>
    [Id(9)]
    public ImmutableArray<NodeModule> Modules { get; init; } = [];
}
