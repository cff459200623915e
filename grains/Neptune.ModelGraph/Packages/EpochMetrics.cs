using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>What one epoch reached. Losses are means in the loss's unit; accuracies lie in 0..1.</summary>
public sealed record EpochMetrics
{
    /// <summary>The epoch's number, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean training loss over the epoch's samples, each at the weights it was trained with.</summary>
    public required double Loss { get; init; }

    /// <summary>Training accuracy likewise; null where it is not a metric of the job.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Mean loss over the validation samples after the epoch; null without validation.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Accuracy over the validation samples after the epoch.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>The metrics besides the accuracy, in the training graph's order.</summary>
    public ImmutableArray<MetricResult> Metrics { get; init; } = [];

    /// <summary>The steps that the training's numbers cover, where the job ended before the epoch did; null: all of them.</summary>
    public long? Steps { get; init; }

    /// <inheritdoc/>
    public bool Equals(EpochMetrics? other) =>
        other is not null
        && (Epoch, Accuracy, ValidationAccuracy) == (other.Epoch, other.Accuracy, other.ValidationAccuracy)
        && Steps == other.Steps
        && Loss.Equals(other.Loss)
        && Nullable.Equals(ValidationLoss, other.ValidationLoss)
        && Metrics.SequenceEqual(other.Metrics);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Epoch, Loss, ValidationLoss);
}
