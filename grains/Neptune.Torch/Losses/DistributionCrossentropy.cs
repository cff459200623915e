namespace Neptune.Torch;

// N samples, K classes

/// <summary>Cross-entropy in nats of logits against distributions over classes.</summary>
internal sealed class DistributionCrossentropy(int classes) : LossFunction(classes)
{
    private readonly float[] _exponentials_K = new float[classes];

    public override LossSums Compute(
        ReadOnlySpan<float> outputs_NK,
        in ShardBatch batch,
        Span<float> gradient_NK,
        Span<long> confusion_KK
    )
    {
        CheckTargets(batch, outputs_NK.Length);
        var targets_NK = batch.Targets.Span;
        double loss = 0;
        long correct = 0;
        var samples = outputs_NK.Length / Width;
        for (var n = 0; n < samples; n++)
        {
            var logits_K = outputs_NK.Slice(n * Width, Width);
            var target_K = targets_NK.Slice(n * Width, Width);
            var best = ArgMax(logits_K);
            var sum = SoftmaxMath.Exponentials(logits_K, logits_K[best], _exponentials_K);
            var logSum = Math.Log(sum);
            var mass = 0.0;
            for (var k = 0; k < Width; k++)
            {
                mass += target_K[k];
                loss += target_K[k] * (logSum - ((double)logits_K[k] - logits_K[best]));
            }
            var truth = ArgMax(target_K);
            correct += truth == best ? 1 : 0;
            if (!gradient_NK.IsEmpty)
            {
                var gradient_K = gradient_NK.Slice(n * Width, Width);
                for (var k = 0; k < Width; k++)
                {
                    gradient_K[k] = (float)((_exponentials_K[k] / sum * mass) - target_K[k]);
                }
            }
            if (!confusion_KK.IsEmpty)
            {
                confusion_KK[(truth * Width) + best]++;
            }
        }
        return new(loss, samples, correct);
    }
}
