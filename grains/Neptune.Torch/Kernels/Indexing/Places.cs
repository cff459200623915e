using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>
/// Reads elements at places that a tensor says. Gradients add up in the order of the places on any device:
/// libtorch's index
/// does so where its index_select and gather do not.
/// </summary>
internal static class Places
{
    /// <summary>Places as 64-bit numbers from 0; a negative one counts from the end.</summary>
    /// <exception cref="Neptune.ModelGraph.GraphException">
    /// One lies outside: CUDA would lose its context over it.
    /// </exception>
    public static Tensor Checked(OperationSite site, Tensor places, long length)
    {
        var wide = places.to_type(ScalarType.Int64);
        if (wide.NumberOfElements > 0)
        {
            var (first, last) = wide.aminmax();
            var (least, most) = (first.item<long>(), last.item<long>());
            if (least < -length || most >= length)
            {
                throw site.Error(
                    $"indices hold {(least < -length ? least : most)}, and the axis has {length} places; pick from "
                        + $"{-length} to {length - 1}"
                );
            }
            return least < 0 ? where(wide.lt(Scalars.Of(0)), wide.add(Scalars.Of(length), Scalars.One), wide) : wide;
        }
        return wide;
    }

    /// <summary>Slices of one axis: the places' dimensions stand instead of it.</summary>
    public static Tensor Take(Tensor data, long axis, Tensor places)
    {
        var d = (int)(axis < 0 ? axis + data.dim() : axis);
        var shape = data.shape;
        var flat = places.flatten();
        var taken =
            d == 0
                ? data.index(flat)
                : data.index([.. Enumerable.Repeat(TensorIndex.Colon, d), TensorIndex.Tensor(flat)]);
        return taken.reshape([.. shape[..d], .. places.shape, .. shape[(d + 1)..]]);
    }

    /// <summary>One element for each place along an axis, other coordinates being those of the place itself.</summary>
    public static Tensor TakeElements(Tensor data, int axis, Tensor places) =>
        data.flatten().index(OfElements(data.shape, axis, places).flatten()).reshape(places.shape);

    /// <summary>For each place along an axis the place in the flattened tensor.</summary>
    public static Tensor OfElements(long[] shape, int axis, Tensor places)
    {
        Tensor? sum = null;
        var stride = 1L;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            var coordinate = d == axis ? places : Along(Counting(places.shape[d], places.device), d, shape.Length);
            var part = coordinate.mul(Scalars.Of(stride));
            sum = sum is null ? part : sum.add(part, Scalars.One);
            stride *= shape[d];
        }
        return sum!.expand(places.shape);
    }

    /// <summary>
    /// For rows of coordinates (..., K) the place in a tensor whose first K axes are flattened into one.
    /// </summary>
    public static Tensor OfRows(OperationSite site, long[] shape, int first, Tensor rows)
    {
        var count = (int)rows.shape[^1];
        Tensor? sum = null;
        for (var k = 0; k < count; k++)
        {
            var coordinate = Checked(site, rows.select(-1, k), shape[first + k]);
            sum = sum is null ? coordinate : sum.mul(Scalars.Of(shape[first + k])).add(coordinate, Scalars.One);
        }
        return sum ?? zeros(rows.shape[..^1], ScalarType.Int64, rows.device);
    }

    /// <summary>0, 1, 2 and so on.</summary>
    public static Tensor Counting(long length, Device device) =>
        arange(Scalars.Of(0), Scalars.Of(length), Scalars.One, ScalarType.Int64, device);

    /// <summary>A vector along one of several axes.</summary>
    public static Tensor Along(Tensor vector, int axis, int rank)
    {
        var shape = Enumerable.Repeat(1L, rank).ToArray();
        shape[axis] = -1;
        return vector.NumberOfElements == 0 ? vector.reshape(With(shape, axis, 0)) : vector.reshape(shape);
    }

    private static long[] With(long[] shape, int axis, long length)
    {
        shape[axis] = length;
        return shape;
    }
}
