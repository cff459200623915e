using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>What one epoch reached: mean losses, and accuracies in 0..1 where measured.</summary>
[GenerateSerializer, Immutable, Alias("neptune.epoch-report")]
public sealed record EpochReport
{
    /// <summary>The epoch's number, from 1.</summary>
    [Id(0)]
    public required int Epoch { get; init; }

    /// <summary>Mean training loss.</summary>
    [Id(1)]
    public required double Loss { get; init; }

    /// <summary>Training accuracy.</summary>
    [Id(2)]
    public double? Accuracy { get; init; }

    /// <summary>Mean validation loss.</summary>
    [Id(3)]
    public double? ValidationLoss { get; init; }

    /// <summary>Validation accuracy.</summary>
    [Id(4)]
    public double? ValidationAccuracy { get; init; }

    /// <summary>The metrics besides the accuracy, in the training graph's order.</summary>
    [Id(5)]
    public ImmutableArray<MetricValue> Metrics { get; init; } = [];

    /// <summary>The steps that the training's numbers cover, where the job ended before the epoch did; null: all of them.</summary>
    [Id(6)]
    public long? Steps { get; init; }

    /// <inheritdoc/>
    public bool Equals(EpochReport? other) =>
        other is not null
        && (Epoch, Accuracy, ValidationAccuracy) == (other.Epoch, other.Accuracy, other.ValidationAccuracy)
        && Steps == other.Steps
        && Loss.Equals(other.Loss)
        && Nullable.Equals(ValidationLoss, other.ValidationLoss)
        && Metrics.SequenceEqual(other.Metrics);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Epoch, Loss, ValidationLoss);
}
