namespace Neptune.Contracts;

/// <summary>
/// A state of a job that is kept: enough to find it, and to choose between it and others, without reading it.
/// </summary>
[GenerateSerializer, Immutable, Alias("neptune.checkpoint-entry")]
public sealed record CheckpointEntry
{
    /// <summary>What the state contains.</summary>
    [Id(0)]
    public required TrainingVersion Version { get; init; }

    /// <summary>The artifact of its manifest, or of the package.</summary>
    [Id(1)]
    public required string Artifact { get; init; }

    /// <summary>When the state was copied, by the clock of who wrote it.</summary>
    [Id(2)]
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// What the epoch that ended here reached, lower is better: the validation loss, or the loss without validation.
    /// Null in the middle of an epoch.
    /// </summary>
    [Id(3)]
    public double? Metric { get; init; }

    /// <summary>The bytes of weights and optimizer state; null where that is not known.</summary>
    [Id(4)]
    public long? SizeBytes { get; init; }

    /// <summary>True where it is the job's training package, in one file, and no checkpoint in pieces.</summary>
    [Id(5)]
    public bool IsPackage { get; init; }
}
