namespace Neptune.Torch;

// N samples, K outputs of one sample

/// <summary>
/// Cross-entropy in nats of logits against targets in 0..1, each output by itself: max(x, 0) - x y + ln(1 + exp(-|x|)).
/// The mean over a sample's outputs, or their sum, summed over samples. Right is a sample whose outputs all are on their
/// target's side of one half.
/// </summary>
internal sealed class BinaryCrossentropy(int width, bool sum) : LossFunction(width)
{
    private readonly int _divisor = sum ? 1 : width;

    public override bool HasClasses => false;

    public override OutputKind Outputs => OutputKind.LogitsOfSigmoid;

    public override LossSums Compute(
        ReadOnlySpan<float> outputs_NK,
        in ShardBatch batch,
        Span<float> gradient_NK,
        Span<long> confusion_KK
    )
    {
        var isOfClasses = batch.Targets.IsEmpty && Width == 1 && batch.Classes.Length == outputs_NK.Length;
        if (!isOfClasses)
        {
            CheckTargets(batch, outputs_NK.Length);
        }
        var classes = batch.Classes.Span;
        var targets_NK = batch.Targets.Span;
        double loss = 0;
        long correct = 0;
        for (var n = 0; n < outputs_NK.Length / Width; n++)
        {
            var isRight = true;
            for (var i = n * Width; i < (n + 1) * Width; i++)
            {
                var target = isOfClasses ? Target(classes[n], batch.FirstSample + n) : targets_NK[i];
                var x = outputs_NK[i];
                var small = Math.Exp(-double.Abs(x));
                loss += double.Max(x, 0) - ((double)x * target) + Math.Log(1 + small);
                isRight &= x > 0 == target > 0.5f;
                if (!gradient_NK.IsEmpty)
                {
                    gradient_NK[i] = (float)((SigmoidMath.Of(x, small) - target) / _divisor);
                }
            }
            correct += isRight ? 1 : 0;
        }
        return new(loss / _divisor, outputs_NK.Length / Width, correct);
    }

    private static float Target(long label, long sample) =>
        label is 0 or 1
            ? label
            : throw new ArgumentException(
                $"Sample {sample} has label {label}, and the graph has one output, of yes (1) and no (0)."
            );
}
