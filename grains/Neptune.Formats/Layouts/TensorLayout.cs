using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Lays a tensor's elements out in another order of its dimensions, or gives it other lengths.</summary>
internal static class TensorLayout
{
    /// <summary>The tensor with dimension <c>order[i]</c> at place i.</summary>
    public static TensorValue Permuted(TensorValue value, params ReadOnlySpan<int> order)
    {
        var strides = StridedCopy.Strides(value.Shape);
        var lengths = value.Shape.ToArray();
        var (newLengths, newStrides) = (new long[order.Length], new long[order.Length]);
        for (var i = 0; i < order.Length; i++)
        {
            (newLengths[i], newStrides[i]) = (lengths[order[i]], strides[order[i]]);
        }
        return StridedCopy.Of(value, newLengths, newStrides, 0);
    }

    /// <summary>The tensor with other lengths.</summary>
    public static TensorValue Reshaped(TensorValue value, params ReadOnlySpan<long> lengths) =>
        value with
        {
            Shape = Shape.Of(lengths),
        };
}
