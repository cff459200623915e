using System.Numerics;
using System.Runtime.InteropServices;

namespace Neptune.Torch;

/// <summary>The gradient of L2 / 2 times the squared weight and of L1 times the absolute weight.</summary>
internal static class WeightPenalty
{
    /// <summary>Writes mean gradients with the penalty's added.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">Sums over samples.</param>
    /// <param name="count">The samples.</param>
    /// <param name="l2">This times the weight is added.</param>
    /// <param name="l1">This times the weight's sign is added.</param>
    /// <param name="means">Receives them; as long as the weights.</param>
    public static void Add(
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        float l2,
        float l1,
        Span<float> means
    )
    {
        var width = Vector<float>.Count;
        var end = weights.Length - (weights.Length % width);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var g = ref MemoryMarshal.GetReference(gradients);
        ref var m = ref MemoryMarshal.GetReference(means);
        var (counts, l2s, l1s) = (new Vector<float>(count), new Vector<float>(l2), new Vector<float>(l1));
        for (nuint i = 0; i < (nuint)end; i += (nuint)width)
        {
            var weight = Vector.LoadUnsafe(ref w, i);
            var positive = Vector.ConditionalSelect(
                Vector.GreaterThan(weight, Vector<float>.Zero),
                l1s,
                Vector<float>.Zero
            );
            var sign = Vector.ConditionalSelect(Vector.LessThan(weight, Vector<float>.Zero), -l1s, positive);
            ((Vector.LoadUnsafe(ref g, i) / counts) + (l2s * weight) + sign).StoreUnsafe(ref m, i);
        }
        for (var i = end; i < weights.Length; i++)
        {
            means[i] = (gradients[i] / count) + (l2 * weights[i]) + (l1 * Sign(weights[i]));
        }
    }

    private static float Sign(float weight) =>
        weight > 0 ? 1
        : weight < 0 ? -1
        : 0;
}
