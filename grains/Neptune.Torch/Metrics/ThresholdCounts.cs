namespace Neptune.Torch;

/// <summary>Answers on both sides of a threshold, by whether a yes or a no was wanted.</summary>
internal sealed class ThresholdCounts(float threshold, Func<ThresholdCounts.Counts, double> value) : MetricFunction
{
    private const int TruePositives = 0;
    private const int FalsePositives = 1;
    private const int FalseNegatives = 2;
    private const int TrueNegatives = 3;

    /// <summary>The four counts.</summary>
    public readonly record struct Counts(
        double TruePositives,
        double FalsePositives,
        double FalseNegatives,
        double TrueNegatives
    )
    {
        public double Total => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;
    }

    public override int Length => 4;

    public override void Add(in JudgedBatch batch, Span<double> sums)
    {
        for (var i = 0; i < batch.Answers_NK.Length; i++)
        {
            var isYes = batch.Targets_NK[i] > 0.5f;
            sums[
                batch.Answers_NK[i] > threshold
                    ? (isYes ? TruePositives : FalsePositives)
                    : (isYes ? FalseNegatives : TrueNegatives)
            ]++;
        }
    }

    public override double ValueOf(ReadOnlySpan<double> sums) =>
        value(new(sums[TruePositives], sums[FalsePositives], sums[FalseNegatives], sums[TrueNegatives]));
}
