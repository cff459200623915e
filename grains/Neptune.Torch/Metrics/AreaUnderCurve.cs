namespace Neptune.Torch;

/// <summary>
/// The area under the ROC curve, as keras.metrics.AUC has it by default: 200 thresholds i/199, of which the first lies just
/// below 0 and the last just above 1, with trapezoids between them.
/// </summary>
/// <remarks>
/// What is counted are answers between two neighbouring thresholds: those above the lower and not above the upper one. Sums
/// over them are the counts of each threshold.
/// </remarks>
internal sealed class AreaUnderCurve : MetricFunction
{
    private const int Buckets = 199; // between 200 thresholds

    public override int Length => 2 * Buckets; // where a yes was wanted, then where a no was

    public override void Add(in JudgedBatch batch, Span<double> sums)
    {
        for (var i = 0; i < batch.Answers_NK.Length; i++)
        {
            var above = Math.Ceiling((double)batch.Answers_NK[i] * Buckets) - 1;
            // What is no number is above no threshold but the first.
            var bucket = above >= 0 ? (int)Math.Min(above, Buckets - 1) : 0;
            sums[batch.Targets_NK[i] > 0.5f ? bucket : Buckets + bucket]++;
        }
    }

    public override double ValueOf(ReadOnlySpan<double> sums)
    {
        var (allYes, allNo) = (0.0, 0.0);
        for (var b = 0; b < Buckets; b++)
        {
            allYes += sums[b];
            allNo += sums[Buckets + b];
        }
        var (area, truePositives) = (0.0, 0.0); // from the last threshold, above which nothing is, to the first
        for (var b = Buckets - 1; b >= 0; b--)
        {
            var more = truePositives + sums[b];
            area += sums[Buckets + b] * (truePositives + more) / 2;
            truePositives = more;
        }
        return Share(area, allYes * allNo, 0);
    }
}
