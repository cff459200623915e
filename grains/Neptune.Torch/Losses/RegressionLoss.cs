namespace Neptune.Torch;

// N samples, K outputs of one sample

/// <summary>A loss of each output's error by itself: the mean over a sample's outputs, summed over samples.</summary>
internal abstract class RegressionLoss(int width) : LossFunction(width)
{
    public override bool HasClasses => false;

    public override OutputKind Outputs => OutputKind.Values;

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
            sum += Of(error);
            if (!gradient_NK.IsEmpty)
            {
                gradient_NK[i] = Slope(error) / Width;
            }
        }
        return new(sum / Width, outputs_NK.Length / Width, 0);
    }

    /// <summary>The loss of an error.</summary>
    protected abstract double Of(float error);

    /// <summary>Its derivative.</summary>
    protected abstract float Slope(float error);
}
