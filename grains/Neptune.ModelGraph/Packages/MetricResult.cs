namespace Neptune.ModelGraph;

/// <summary>What a metric besides the accuracy came to in an epoch.</summary>
/// <param name="Name">The metric's <see cref="Metric.Name"/>.</param>
/// <param name="Value">Over the samples that were trained on.</param>
/// <param name="Validation">Over the validation samples after the epoch; null without validation.</param>
public sealed record MetricResult(string Name, double Value, double? Validation);
