namespace Neptune.Contracts;

/// <summary>What a metric besides the accuracy came to.</summary>
[GenerateSerializer, Immutable, Alias("neptune.metric-value")]
public sealed record MetricValue
{
    /// <summary>The metric's name with its settings, such as <c>top_k_accuracy:5</c>.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Over the samples that were trained on, or evaluated; NaN where none counted.</summary>
    [Id(1)]
    public required double Value { get; init; }

    /// <summary>Over the validation samples after the epoch; null without validation.</summary>
    [Id(2)]
    public double? Validation { get; init; }
}
