using System.Numerics.Tensors;

namespace Neptune.Torch;

/// <summary>Softmax over plain memory.</summary>
internal static class SoftmaxMath
{
    /// <summary>Writes exp(x - largest) and gives the sum, added in order.</summary>
    public static double Exponentials(ReadOnlySpan<float> values, float largest, Span<float> exponentials)
    {
        TensorPrimitives.Subtract(values, largest, exponentials);
        TensorPrimitives.Exp(exponentials, exponentials);
        var sum = 0.0;
        foreach (var value in exponentials)
        {
            sum += value;
        }
        return sum;
    }

    /// <summary>Turns each row of logits into probabilities, in place.</summary>
    public static void SoftmaxRows(Span<float> rows, int width)
    {
        for (var start = 0; start < rows.Length; start += width)
        {
            var row = rows.Slice(start, width);
            var sum = Exponentials(row, TensorPrimitives.Max(row), row);
            TensorPrimitives.Divide(row, (float)sum, row);
        }
    }
}
