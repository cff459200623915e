using System.Numerics;
using System.Runtime.InteropServices;

namespace Neptune.ModelGraph;

/// <summary>Computes with the channels of weights. Products are formed in double precision and rounded once.</summary>
internal static class ChannelArithmetic
{
    /// <summary>True for the element types that can be computed with.</summary>
    public static bool Computes(ElementType type) =>
        type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16;

    /// <summary>The elements as numbers.</summary>
    public static double[] Numbers(TensorValue value) =>
        value.Type switch
        {
            ElementType.Float32 => Numbers<float>(value),
            ElementType.Float16 => Numbers<Half>(value),
            _ => Numbers<double>(value),
        };

    /// <summary>The weights with each output channel multiplied by its factor.</summary>
    public static TensorValue Scale(TensorValue weight, ChannelLayout layout, double[] factors) =>
        weight.Type switch
        {
            ElementType.Float32 => Scale<float>(weight, layout, factors),
            ElementType.Float16 => Scale<Half>(weight, layout, factors),
            _ => Scale<double>(weight, layout, factors),
        };

    /// <summary>What is added to each channel in place of a bias and a normalization: f (factor bias - mean) + offset.</summary>
    public static TensorValue Bias(ElementType type, TensorValue? bias, double factor, ChannelScaling scaling)
    {
        var old = bias is null ? [0] : Numbers(bias);
        var sums = new double[scaling.Factors.Length];
        for (var c = 0; c < sums.Length; c++)
        {
            var before = factor * old[old.Length == 1 ? 0 : c];
            sums[c] = (scaling.Factors[c] * (before - scaling.Means[c])) + scaling.Offsets[c];
        }
        return type switch
        {
            ElementType.Float32 => Value<float>(type, sums),
            ElementType.Float16 => Value<Half>(type, sums),
            _ => Value<double>(type, sums),
        };
    }

    private static double[] Numbers<T>(TensorValue value)
        where T : unmanaged, INumber<T> =>
        [.. MemoryMarshal.Cast<byte, T>(value.Bytes.Span).ToArray().Select(double.CreateChecked)];

    private static TensorValue Value<T>(ElementType type, double[] numbers)
        where T : unmanaged, INumber<T> =>
        new(
            type,
            Shape.Of(numbers.Length),
            MemoryMarshal.AsBytes(numbers.Select(T.CreateTruncating).ToArray().AsSpan()).ToArray()
        );

    private static TensorValue Scale<T>(TensorValue weight, ChannelLayout layout, double[] factors)
        where T : unmanaged, INumber<T>
    {
        var bytes = weight.Bytes.ToArray();
        var elements = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        var place = 0;
        for (var group = 0; group < layout.Groups; group++)
        {
            for (var outer = 0; outer < layout.Outer; outer++)
            {
                for (var channel = 0; channel < layout.Channels; channel++)
                {
                    var factor = factors[(group * layout.Channels) + channel];
                    foreach (ref var element in elements.Slice(place, layout.Inner))
                    {
                        element = T.CreateTruncating(double.CreateTruncating(element) * factor);
                    }
                    place += layout.Inner;
                }
            }
        }
        return weight with { Bytes = bytes };
    }
}
