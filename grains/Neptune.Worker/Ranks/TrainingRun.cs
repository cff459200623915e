using Neptune.Contracts;
using Neptune.Data;
using Neptune.ModelGraph;

namespace Neptune.Worker;

/// <summary>All that a rank has loaded before its first step: equal on all ranks of a generation.</summary>
internal sealed record TrainingRun
{
    public required RankAssignment Assignment { get; init; }

    public required TrainingGraph Graph { get; init; }

    /// <summary>The samples that are trained on.</summary>
    public required ISampleSource Training { get; init; }

    /// <summary>The samples that validate; null without validation.</summary>
    public required ISampleSource? Validation { get; init; }

    /// <summary>What to go on from; null starts anew.</summary>
    public required TrainingPackage? From { get; init; }

    public JobSpec Spec => Assignment.Spec;

    public GlobalBatches Batches => new(Training.Count, Spec.Shards, Spec.PerDeviceBatchSize);

    public long TotalSteps => Spec.Steps ?? Batches.StepsPerEpoch * Spec.Epochs;

    /// <summary>The steps that are trained of an epoch: of the last one maybe not all.</summary>
    public long StepsOf(int epoch) => Math.Min(Batches.StepsPerEpoch, TotalSteps - (epoch * Batches.StepsPerEpoch));
}
