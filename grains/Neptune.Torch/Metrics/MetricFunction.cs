using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// A metric as sums over samples, which may be added up in parts, and a pure function of the sums. Within a batch all is
/// added in order, so bits depend on the batch alone.
/// </summary>
internal abstract class MetricFunction
{
    /// <summary>How many sums it has.</summary>
    public abstract int Length { get; }

    /// <summary>True where it reads <see cref="JudgedBatch.Answers_NK"/>.</summary>
    public virtual bool ReadsAnswers => true;

    /// <summary>Adds a batch's samples to the sums.</summary>
    public abstract void Add(in JudgedBatch batch, Span<double> sums);

    /// <summary>The metric by its sums.</summary>
    public abstract double ValueOf(ReadOnlySpan<double> sums);

    /// <summary>The function of a metric; null for the accuracy, which comes with the loss.</summary>
    public static MetricFunction? Of(Metric metric, Loss loss) =>
        metric switch
        {
            Metric.Accuracy => null,
            Metric.TopKAccuracy top => new TopKShare(top.K, (loss as Loss.SparseCategoricalCrossentropy)?.IgnoreIndex),
            Metric.BinaryAccuracy binary => new ThresholdCounts(
                binary.Threshold,
                c => Share(c.TruePositives + c.TrueNegatives, c.Total, double.NaN)
            ),
            Metric.Precision precision => new ThresholdCounts(
                precision.Threshold,
                c => Share(c.TruePositives, c.TruePositives + c.FalsePositives, 0)
            ),
            Metric.Recall recall => new ThresholdCounts(
                recall.Threshold,
                c => Share(c.TruePositives, c.TruePositives + c.FalseNegatives, 0)
            ),
            Metric.Auc => new AreaUnderCurve(),
            Metric.MeanAbsoluteError => new MeanError((answer, target) => Math.Abs(answer - target), mean => mean),
            Metric.MeanSquaredError => new MeanError(Squared, mean => mean),
            Metric.RootMeanSquaredError => new MeanError(Squared, Math.Sqrt),
            Metric.MeanAbsolutePercentageError => new MeanError(
                (answer, target) => Math.Abs(answer - target) / Math.Max(Math.Abs(target), 1e-7),
                mean => 100 * mean
            ),
            _ => throw new System.Diagnostics.UnreachableException($"No function for {metric}."),
        };

    /// <summary>Part of a whole; something else where there is no whole.</summary>
    protected static double Share(double part, double whole, double otherwise) => whole > 0 ? part / whole : otherwise;

    private static double Squared(double answer, double target) => (answer - target) * (answer - target);
}
