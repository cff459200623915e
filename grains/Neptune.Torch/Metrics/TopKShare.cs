namespace Neptune.Torch;

/// <summary>The share of samples with fewer than k classes above the label's score; an ignored class's samples do not count.</summary>
internal sealed class TopKShare(int k, long? ignoreIndex) : MetricFunction
{
    public override int Length => 2; // right ones, and all

    public override bool ReadsAnswers => false; // the order of scores is that of probabilities

    public override void Add(in JudgedBatch batch, Span<double> sums)
    {
        for (var n = 0; n < batch.Scores_NK.Length / batch.Width; n++)
        {
            var label = batch.Targets_NK.IsEmpty
                ? batch.Classes_N[n]
                : LossFunction.ArgMax(batch.Targets_NK.Slice(n * batch.Width, batch.Width));
            if (label == ignoreIndex)
            {
                continue;
            }
            var scores_K = batch.Scores_NK.Slice(n * batch.Width, batch.Width);
            var own = scores_K[(int)label];
            var above = 0;
            foreach (var score in scores_K)
            {
                above += score > own ? 1 : 0;
            }
            sums[0] += above < k ? 1 : 0;
            sums[1]++;
        }
    }

    public override double ValueOf(ReadOnlySpan<double> sums) => Share(sums[0], sums[1], double.NaN);
}
