using System.Numerics.Tensors;

namespace Neptune.Torch;

// N samples, K classes

/// <summary>Cross-entropy in nats of logits against class numbers: log-softmax and its gradient in one pass.</summary>
internal sealed class SparseCrossentropy(int classes, long? ignoreIndex) : LossFunction(classes)
{
    private readonly float[] _probabilities_K = new float[classes];

    public override LossSums Compute(
        ReadOnlySpan<float> outputs_NK,
        in ShardBatch batch,
        Span<float> gradient_NK,
        Span<long> confusion_KK
    )
    {
        var labels = batch.Classes.Span;
        var samples = outputs_NK.Length / Width;
        if (labels.Length != samples)
        {
            throw new ArgumentException(
                $"The batch holds {labels.Length} class numbers, and the graph gives {samples} predictions for "
                    + $"{batch.Rows} samples. There must be one for each."
            );
        }
        double loss = 0;
        long count = 0,
            correct = 0;
        for (var n = 0; n < samples; n++)
        {
            var label = labels[n];
            var logits_K = outputs_NK.Slice(n * Width, Width);
            var gradient_K = gradient_NK.IsEmpty ? default : gradient_NK.Slice(n * Width, Width);
            if (label == ignoreIndex)
            {
                gradient_K.Clear();
                continue;
            }
            if ((ulong)label >= (ulong)Width)
            {
                throw new ArgumentException(
                    $"Sample {batch.FirstSample + n} has label {label}, and the graph has {Width} classes: labels go "
                        + $"from 0 to {Width - 1}."
                );
            }
            var exponentials_K = gradient_K.IsEmpty ? _probabilities_K : gradient_K;
            var best = ArgMax(logits_K);
            var sum = SoftmaxMath.Exponentials(logits_K, logits_K[best], exponentials_K);
            loss += Math.Log(sum) - ((double)logits_K[(int)label] - logits_K[best]);
            count++;
            correct += best == label ? 1 : 0;
            if (!gradient_K.IsEmpty)
            {
                TensorPrimitives.Divide(gradient_K, (float)sum, gradient_K);
                gradient_K[(int)label] -= 1;
            }
            if (!confusion_KK.IsEmpty)
            {
                confusion_KK[((int)label * Width) + best]++;
            }
        }
        return new(loss, count, correct);
    }
}
