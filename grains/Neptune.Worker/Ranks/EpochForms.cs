using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Worker;

/// <summary>An epoch's numbers as grains report them and as packages hold them.</summary>
internal static class EpochForms
{
    public static EpochMetrics ToMetrics(this EpochReport epoch) =>
        new()
        {
            Epoch = epoch.Epoch,
            Loss = epoch.Loss,
            Accuracy = epoch.Accuracy,
            ValidationLoss = epoch.ValidationLoss,
            ValidationAccuracy = epoch.ValidationAccuracy,
            Steps = epoch.Steps,
            Metrics = [.. epoch.Metrics.Select(m => new MetricResult(m.Name, m.Value, m.Validation))],
        };

    public static EpochReport ToReport(this EpochMetrics epoch) =>
        new()
        {
            Epoch = epoch.Epoch,
            Loss = epoch.Loss,
            Accuracy = epoch.Accuracy,
            ValidationLoss = epoch.ValidationLoss,
            ValidationAccuracy = epoch.ValidationAccuracy,
            Steps = epoch.Steps,
            Metrics =
            [
                .. epoch.Metrics.Select(m => new MetricValue
                {
                    Name = m.Name,
                    Value = m.Value,
                    Validation = m.Validation,
                }),
            ],
        };

    /// <summary>Metrics as grains report them.</summary>
    public static ImmutableArray<MetricValue> ToReport(this ImmutableArray<(string Name, double Value)> metrics) =>
        [.. metrics.Select(m => new MetricValue { Name = m.Name, Value = m.Value })];
}
