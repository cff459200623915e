using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Neptune.Torch;

/// <summary>Small backward passes over plain memory: cheaper than a tensor operation, and elementwise or in order.</summary>
internal static class SpanMath
{
    /// <summary>Sets <paramref name="gradient"/> to zero where the rectified output is not positive.</summary>
    public static void MaskWherePositive(ReadOnlySpan<float> output, Span<float> gradient)
    {
        var outputs = MemoryMarshal.Cast<float, Vector<float>>(output);
        var gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (var i = 0; i < gradients.Length; i++)
        {
            // As libtorch: zero where output <= 0, so that a NaN lets the gradient through.
            gradients[i] = Vector.AndNot(
                gradients[i],
                Vector.AsVectorSingle(Vector.LessThanOrEqual(outputs[i], Vector<float>.Zero))
            );
        }
        for (var i = gradients.Length * Vector<float>.Count; i < gradient.Length; i++)
        {
            gradient[i] = output[i] <= 0 ? 0 : gradient[i];
        }
    }

    /// <summary>Adds the rows, first to last, and writes the sum, or adds it to what is there.</summary>
    public static void SumRows(ReadOnlySpan<float> rows, Span<float> sum, bool accumulate)
    {
        if (!accumulate)
        {
            sum.Clear();
        }
        for (var start = 0; start < rows.Length; start += sum.Length)
        {
            TensorPrimitives.Add(sum, rows.Slice(start, sum.Length), sum);
        }
    }
}
