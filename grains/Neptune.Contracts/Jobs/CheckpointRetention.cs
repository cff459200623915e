namespace Neptune.Contracts;

/// <summary>
/// Which of a job's checkpoints are kept, as newer ones come: the newest, the best, and one of every span of time.
/// </summary>
[GenerateSerializer, Immutable, Alias("neptune.checkpoint-retention")]
public sealed record CheckpointRetention
{
    /// <summary>So many of the newest, at least 1.</summary>
    [Id(0)]
    public int Last { get; init; } = 3;

    /// <summary>True keeps the one of the least metric, of equal ones the newest.</summary>
    [Id(1)]
    public bool Best { get; init; } = true;

    /// <summary>
    /// Keeps one of every such span, which is longer than nothing, beginning with the oldest; null keeps none for its
    /// age.
    /// </summary>
    [Id(2)]
    public TimeSpan? Every { get; init; }
}
