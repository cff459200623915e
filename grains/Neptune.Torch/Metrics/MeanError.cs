namespace Neptune.Torch;

/// <summary>A function of the mean over outputs of an error.</summary>
internal sealed class MeanError(Func<double, double, double> error, Func<double, double> value) : MetricFunction
{
    public override int Length => 2; // errors, and outputs

    public override void Add(in JudgedBatch batch, Span<double> sums)
    {
        var sum = 0.0;
        for (var i = 0; i < batch.Answers_NK.Length; i++)
        {
            sum += error(batch.Answers_NK[i], batch.Targets_NK[i]);
        }
        sums[0] += sum;
        sums[1] += batch.Answers_NK.Length;
    }

    public override double ValueOf(ReadOnlySpan<double> sums) => value(sums[1] > 0 ? sums[0] / sums[1] : double.NaN);
}
