using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>What an evaluation found.</summary>
[GenerateSerializer, Immutable, Alias("neptune.evaluation-result")]
public sealed record EvaluationResult
{
    /// <summary>Samples that counted.</summary>
    [Id(0)]
    public required long Samples { get; init; }

    /// <summary>Mean loss over them.</summary>
    [Id(1)]
    public required double Loss { get; init; }

    /// <summary>The share of them whose most probable class is the label; null where targets are values.</summary>
    [Id(2)]
    public double? Accuracy { get; init; }

    /// <summary>The metrics of the model's training graph besides the accuracy, in its order.</summary>
    [Id(5)]
    public ImmutableArray<MetricValue> Metrics { get; init; } = [];

    /// <summary>
    /// Samples by true class (row) and predicted class (column), row after row; empty where targets are values.
    /// </summary>
    [Id(3)]
    public ImmutableArray<long> Confusion { get; init; } = [];

    /// <summary>The names of the classes in order.</summary>
    [Id(4)]
    public ImmutableArray<string> Labels { get; init; } = [];
}
