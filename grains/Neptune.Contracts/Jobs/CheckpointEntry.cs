namespace Neptune.Contracts;

/// <summary>A job's checkpoint: enough to find it, and to choose between it and others, without reading it.</summary>
[GenerateSerializer, Immutable, Alias("neptune.checkpoint-entry")]
public sealed record CheckpointEntry
{
    /// <summary>What the state contains.</summary>
    [Id(0)]
    public required TrainingVersion Version { get; init; }

    /// <summary>The artifact of its manifest.</summary>
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
}
