namespace Neptune.Torch;

// N samples, K outputs of one sample

/// <summary>The mean over a sample's outputs of the squared error, summed over samples.</summary>
internal sealed class MeanSquaredError(int width) : LossFunction(width)
{
    public override bool HasClasses => false;

    public override bool OutputsAreLogits => false;

    public override LossSums Compute(
        ReadOnlySpan<float> outputs_NK,
        in ShardBatch batch,
        Span<float> gradient_NK,
        Span<long> confusion_KK
    )
    {
        CheckTargets(batch, outputs_NK.Length);
        var targets_NK = batch.Targets.Span;
        var sum = 0.0;
        for (var i = 0; i < outputs_NK.Length; i++)
        {
            var error = outputs_NK[i] - targets_NK[i];
            sum += (double)error * error;
            if (!gradient_NK.IsEmpty)
            {
                gradient_NK[i] = 2 * error / Width;
            }
        }
        return new(sum / Width, outputs_NK.Length / Width, 0);
    }
}
