using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>All that a job persists.</summary>
[GenerateSerializer, Immutable, Alias("neptune.job-state")]
public sealed record JobState
{
    /// <summary>What others see.</summary>
    [Id(0)]
    public required JobSnapshot Snapshot { get; init; }

    /// <summary>Counts the times the job entered the queue, from 1.</summary>
    [Id(1)]
    public int Attempt { get; init; }

    /// <summary>The membership; null before the first.</summary>
    [Id(2)]
    public Generation? Generation { get; init; }

    /// <summary>The data set's version that the job is pinned to.</summary>
    [Id(3)]
    public required DatasetInfo Dataset { get; init; }

    /// <summary>When this attempt's training started, for the rate; null before.</summary>
    [Id(4)]
    public DateTimeOffset? AttemptStartedAt { get; init; }
}
