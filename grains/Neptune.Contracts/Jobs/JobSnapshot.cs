using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>The persisted view of a job, and its latest progress.</summary>
[GenerateSerializer, Immutable, Alias("neptune.job-snapshot")]
public sealed record JobSnapshot
{
    /// <summary>The job.</summary>
    [Id(0)]
    public required JobId Id { get; init; }

    /// <summary>Where it is in its life.</summary>
    [Id(1)]
    public required JobPhase Phase { get; init; }

    /// <summary>Why it waits, failed, paused or was cancelled; empty otherwise.</summary>
    [Id(2)]
    public string Reason { get; init; } = "";

    /// <summary>The spec as submitted.</summary>
    [Id(3)]
    public required JobSpec Spec { get; init; }

    /// <summary>The number of the current membership; 0 before the first.</summary>
    [Id(4)]
    public int Generation { get; init; }

    /// <summary>The ranks of the current membership.</summary>
    [Id(5)]
    public ImmutableArray<RankPlacement> Ranks { get; init; } = [];

    /// <summary>Optimizer steps committed since the job began.</summary>
    [Id(6)]
    public long Step { get; init; }

    /// <summary>Optimizer steps in the whole job; 0 while unknown.</summary>
    [Id(7)]
    public long TotalSteps { get; init; }

    /// <summary>Mean training loss of the epoch under way; NaN while unknown.</summary>
    [Id(8)]
    public double Loss { get; init; } = double.NaN;

    /// <summary>Training accuracy likewise.</summary>
    [Id(9)]
    public double? Accuracy { get; init; }

    /// <summary>Samples per second since training started.</summary>
    [Id(10)]
    public double SamplesPerSecond { get; init; }

    /// <summary>What each epoch reached.</summary>
    [Id(11)]
    public ImmutableArray<EpochReport> Epochs { get; init; } = [];

    /// <summary>The newest package: the result, or the last good one.</summary>
    [Id(12)]
    public PackageRef? Package { get; init; }

    /// <summary>When it was submitted.</summary>
    [Id(13)]
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When training started; null before.</summary>
    [Id(14)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    [Id(15)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Rises with every change: a watcher gives the one it has seen.</summary>
    [Id(16)]
    public long Revision { get; init; }

    /// <summary>
    /// True where it ran on nodes of unlike numerics: its weights' bits cannot be compared with those of another run.
    /// </summary>
    [Id(17)]
    public bool NumericsDiffer { get; init; }

    /// <summary>Where the time of the steps of this attempt went.</summary>
    [Id(18)]
    public StepTimes Times { get; init; } = new();

    /// <summary>Who trained when, and why that changed; oldest first.</summary>
    [Id(19)]
    public ImmutableArray<GenerationChange> Generations { get; init; } = [];

    /// <summary>The metrics besides the accuracy, of the epoch under way.</summary>
    [Id(20)]
    public ImmutableArray<MetricValue> Metrics { get; init; } = [];

    /// <summary>
    /// The silo whose grain manages the job, and said all this; another one does so when it is gone. Its ranks train without it.
    /// </summary>
    [Id(21)]
    public string Coordinator { get; init; } = "";

    /// <summary>True where the job will not change any more by itself.</summary>
    public bool HasEnded => Phase is JobPhase.Succeeded or JobPhase.Failed or JobPhase.Cancelled or JobPhase.Paused;
}
