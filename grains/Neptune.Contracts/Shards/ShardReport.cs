using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>What the ranks below a ShardGrain have to say, merged; a later report replaces an earlier one.</summary>
[GenerateSerializer, Immutable, Alias("neptune.shard-report")]
public sealed record ShardReport
{
    /// <summary>The job.</summary>
    [Id(0)]
    public required JobId Job { get; init; }

    /// <summary>The generation it belongs to; the receiver drops those of another.</summary>
    [Id(1)]
    public required int Generation { get; init; }

    /// <summary>The first rank that it speaks of.</summary>
    [Id(2)]
    public required int FirstRank { get; init; }

    /// <summary>How many ranks it speaks of.</summary>
    [Id(3)]
    public required int RankCount { get; init; }

    /// <summary>Ranks that have loaded graph and data.</summary>
    [Id(4)]
    public int Ready { get; init; }

    /// <summary>Ranks that have ended, well or not.</summary>
    [Id(5)]
    public int Ended { get; init; }

    /// <summary>The lowest step that one of the ranks has committed.</summary>
    [Id(6)]
    public long Step { get; init; }

    /// <summary>Samples that the ranks have computed in this generation.</summary>
    [Id(7)]
    public long Samples { get; init; }

    /// <summary>From the beginning of this generation's first step to its last committed one, in seconds: the longest of the ranks.</summary>
    [Id(19)]
    public double Seconds { get; init; }

    /// <summary>Mean loss of the epoch that is under way, as rank 0 sees it after the reduction; NaN where unknown.</summary>
    [Id(8)]
    public double Loss { get; init; } = double.NaN;

    /// <summary>Accuracy likewise; null where it is no metric.</summary>
    [Id(9)]
    public double? Accuracy { get; init; }

    /// <summary>The metrics besides the accuracy likewise.</summary>
    [Id(20)]
    public ImmutableArray<MetricValue> Metrics { get; init; } = [];

    /// <summary>Epochs that ended since training started, oldest first; from rank 0.</summary>
    [Id(10)]
    public ImmutableArray<EpochReport> Epochs { get; init; } = [];

    /// <summary>The newest package written; from rank 0.</summary>
    [Id(11)]
    public PackageRef? Package { get; init; }

    /// <summary>The SHA-256 of the ended ranks' weights: one where all replicas agree.</summary>
    [Id(12)]
    public ImmutableArray<string> WeightsSha256 { get; init; } = [];

    /// <summary>True where a rank stopped at a step boundary because it was asked to.</summary>
    [Id(13)]
    public bool Stopped { get; init; }

    /// <summary>Errors of ended ranks, the first cause first.</summary>
    [Id(14)]
    public ImmutableArray<RankFailure> Failures { get; init; } = [];

    /// <summary>Steps in the whole job; 0 while unknown.</summary>
    [Id(15)]
    public long TotalSteps { get; init; }

    /// <summary>Where the time of the ranks' steps went.</summary>
    [Id(17)]
    public StepTimes Times { get; init; } = new();

    /// <summary>
    /// From the last step before this generation to its first one, in seconds, as rank 0 saw it; null before, and where it
    /// has just joined.
    /// </summary>
    [Id(18)]
    public double? PauseSeconds { get; init; }

    /// <summary>What rank 0 went on from in this generation; null before its first step.</summary>
    [Id(21)]
    public TrainingVersion? From { get; init; }

    /// <summary>The SHA-256 of the data set's manifest that the ranks opened.</summary>
    [Id(16)]
    public string DatasetSha256 { get; init; } = "";
}
