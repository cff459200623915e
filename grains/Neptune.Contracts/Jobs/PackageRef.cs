namespace Neptune.Contracts;

/// <summary>A training package that the cluster keeps.</summary>
[GenerateSerializer, Immutable, Alias("neptune.package-ref")]
public sealed record PackageRef
{
    /// <summary>The registry's name.</summary>
    [Id(0)]
    public required ModelName Model { get; init; }

    /// <summary>The registry's version, from 1; 0 is a checkpoint that is not registered.</summary>
    [Id(1)]
    public int Version { get; init; }

    /// <summary>The SHA-256 of the file, in hex: its name in the artifact store.</summary>
    [Id(2)]
    public required string Artifact { get; init; }

    /// <summary>Where the file lies on the silo that wrote it.</summary>
    [Id(3)]
    public required string Path { get; init; }

    /// <summary>The SHA-256 of the weights, in hex.</summary>
    [Id(4)]
    public required string WeightsSha256 { get; init; }

    /// <summary>Optimizer steps done.</summary>
    [Id(5)]
    public long Step { get; init; }

    /// <summary>Epochs completed.</summary>
    [Id(6)]
    public int Epoch { get; init; }

    /// <summary>The SHA-256 of the optimizer's state, in hex; null where an earlier Neptune wrote it.</summary>
    [Id(7)]
    public string? OptimizerSha256 { get; init; }

    /// <summary>When the state was copied, by the clock of who wrote it; null likewise.</summary>
    [Id(8)]
    public DateTimeOffset? At { get; init; }

    /// <summary>The <see cref="NodeInfo.NumericsFingerprint"/> of who wrote it; null likewise.</summary>
    [Id(9)]
    public string? NumericsFingerprint { get; init; }
}
