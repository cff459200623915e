using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Computes steps that move, join or count the elements of constants.</summary>
internal static class TensorFlowConstantShapes
{
    private const long MostElements = 1 << 16; // of what is made of a few numbers

    /// <summary>The value of a step of constants, where it is known how; else null.</summary>
    public static TensorValue? TryFold(TensorFlowCall call, TensorFlowValue.Constant[] constants)
    {
        var value = constants[0].Value;
        var shape = value.Shape;
        switch (call.Op)
        {
            case "Reshape":
                return Reshaped(value, call.KnownNumbers(1, "lengths"));
            case "ExpandDims":
                var axis = call.Axis(1, shape.Rank + 1);
                return value with { Shape = new(shape.Dimensions.Insert(axis, 1)) };
            case "Squeeze":
                var squeezed = TensorFlowShapes.SqueezedAxes(call, shape);
                return value with { Shape = new([.. shape.Dimensions.Where((_, i) => !squeezed.Contains(i))]) };
            case "Transpose":
                var order = call.KnownNumbers(1, "order of axes");
                return order.Order().SequenceEqual(Enumerable.Range(0, shape.Rank).Select(i => (long)i))
                    ? TensorLayout.Permuted(value, [.. order.Select(i => (int)i)])
                    : throw new GraphException(
                        $"its order of axes is ({string.Join(", ", order)}), and the input is {shape}."
                    );
            case "StridedSlice":
                return Sliced(value, TensorFlowSlices.Of(call, shape.Rank));
            case "Pack":
                return Joined(
                    [
                        .. constants.Select(c =>
                            c.Value with
                            {
                                Shape = new(c.Value.Shape.Dimensions.Insert(CheckedAxis(call, shape.Rank + 1), 1)),
                            }
                        ),
                    ],
                    CheckedAxis(call, shape.Rank + 1)
                );
            case "ConcatV2" when constants.Length > 1:
                return Joined(
                    [.. constants.SkipLast(1).Select(c => c.Value)],
                    call.Axis(constants.Length - 1, shape.Rank)
                );
            case "GatherV2" or "Gather" when call.Numbers(1) is { } places && call.Int("batch_dims", 0) == 0:
                return Gathered(
                    value,
                    places,
                    constants[1].Value.Shape,
                    call.Op == "Gather" ? 0 : call.Axis(2, shape.Rank)
                );
            case "Shape":
                return Numbers(call.Type("out_type", TensorFlowDataType.Int32), shape.ToArray());
            case "Size":
                return Numbers(call.Type("out_type", TensorFlowDataType.Int32), [shape.ElementCount()]) with
                {
                    Shape = Shape.Scalar,
                };
            case "Rank":
                return Numbers(ElementType.Int32, [shape.Rank]) with { Shape = Shape.Scalar };
            case "Fill" when constants.Length > 1:
                return Filled(constants[1].Value, call.KnownNumbers(0, "lengths"));
            case "Range":
                return Range(constants);
            case "Prod" or "Sum" or "Max" or "Min" when value.Type.IsInteger() && shape.Rank == 1:
                return Reduced(call, value);
            case "Select" or "SelectV2" when constants.Length == 3 && constants[0].Value.Shape.Rank == 0:
                return constants[constants[0].Value.Bytes.Span[0] != 0 ? 1 : 2].Value;
            default:
                return null;
        }
    }

    private static int CheckedAxis(TensorFlowCall call, int rank) => TensorFlowCall.Axis(call.Int("axis", 0), rank);

    private static TensorValue Numbers(ElementType type, long[] numbers) =>
        TensorFlowNumbers.MakeWhole(type, Shape.Of(numbers.Length), i => numbers[i]);

    private static TensorValue Reshaped(TensorValue value, ImmutableArray<long> lengths)
    {
        var count = value.Shape.ElementCount();
        var given = lengths.Where(n => n != -1).Aggregate((Int128)1, (a, b) => b < 0 ? -1 : a * b);
        var result = lengths.ToArray();
        var free = Array.IndexOf(result, -1);
        if (free >= 0)
        {
            result[free] = given > 0 && count % given == 0 ? (long)(count / given) : -1;
            given *= result[free];
        }
        return given == count && result.All(n => n >= 0)
            ? value with
            {
                Shape = Shape.Of(result),
            }
            : throw new GraphException(
                $"a constant of shape {value.Shape} does not reshape to ({string.Join(", ", lengths)})."
            );
    }

    private static TensorValue Sliced(TensorValue value, TensorFlowSlices slices)
    {
        var shape = value.Shape;
        var strides = StridedCopy.Strides(shape);
        var (lengths, steps, start) = (new long[shape.Rank], new long[shape.Rank], 0L);
        for (var i = 0; i < shape.Rank; i++)
        {
            var range = slices.Range(i, shape[i].Length);
            (lengths[i], steps[i]) = (range.Count, range.Step * strides[i]);
            start += range.Count > 0 ? range.Start * strides[i] : 0;
        }
        if (slices.Dropped.Any(i => lengths[i] != 1))
        {
            throw new GraphException($"it takes a place that {shape} has not.");
        }
        var result = StridedCopy.Of(value, lengths, steps, start);
        var dimensions = result.Shape.Dimensions.Where((_, i) => !slices.Dropped.Contains(i)).ToList();
        foreach (var axis in slices.Added)
        {
            dimensions.Insert(axis, 1);
        }
        return result with { Shape = new([.. dimensions]) };
    }

    private static TensorValue Joined(TensorValue[] parts, int axis)
    {
        var shape = parts[0].Shape;
        foreach (var part in parts)
        {
            if (
                part.Type != parts[0].Type
                || part.Shape.Rank != shape.Rank
                || Enumerable.Range(0, shape.Rank).Any(i => i != axis && part.Shape[i] != shape[i])
            )
            {
                throw new GraphException(
                    $"constants of shapes {shape} and {part.Shape} cannot be joined along axis {axis}."
                );
            }
        }
        var outer = shape.Dimensions[..axis].Aggregate(1L, (a, d) => a * d.Length);
        var result = new byte[parts.Sum(p => (long)p.Bytes.Length)];
        var at = 0;
        for (var block = 0L; block < outer; block++)
        {
            foreach (var part in parts)
            {
                var size = (int)(part.Bytes.Length / outer);
                part.Bytes.Span.Slice((int)(block * size), size).CopyTo(result.AsSpan(at));
                at += size;
            }
        }
        return new(parts[0].Type, new(shape.Dimensions.SetItem(axis, parts.Sum(p => p.Shape[axis].Length))), result);
    }

    private static TensorValue? Gathered(TensorValue value, ImmutableArray<long> places, Shape shape, int axis)
    {
        var data = value.Shape;
        // A table of vectors is a weight: it stays one, and is read when the graph runs.
        var isTable = value.Type.IsFloating() && data.Rank > 1;
        if (axis != 0 || isTable || places.Length > MostElements)
        {
            return null;
        }
        var size = data[0].Length == 0 ? 0 : (int)(value.Bytes.Length / data[0].Length);
        if (places.Any(p => p < 0 || p >= data[0].Length))
        {
            throw new GraphException($"it takes a place that {data} has not.");
        }
        if ((long)size * places.Length > Math.Max(value.Bytes.Length, MostElements))
        {
            return null;
        }
        var result = new byte[size * places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            value.Bytes.Span.Slice((int)places[i] * size, size).CopyTo(result.AsSpan(i * size));
        }
        return new(value.Type, new([.. shape.Dimensions, .. data.Dimensions[1..]]), result);
    }

    private static TensorValue? Filled(TensorValue value, ImmutableArray<long> lengths) =>
        value.Shape.ElementCount() != 1 || lengths.Any(n => n < 0)
            ? throw new GraphException("it fills lengths from 0 with one element.")
        : ElementType.UInt8.SizeBytes(lengths) > MostElements ? null
        : StridedCopy.Of(value, [.. lengths], new long[lengths.Length], 0);

    private static TensorValue? Range(TensorFlowValue.Constant[] constants)
    {
        if (constants.Length != 3 || constants.Any(c => c.Value.Shape.ElementCount() != 1 || !c.Value.Type.IsInteger()))
        {
            return null;
        }
        var (start, limit, delta) = (One(0), One(1), One(2));
        if (delta == 0)
        {
            throw new GraphException("its step is 0.");
        }
        var count = Int128.Max(0, (((Int128)limit - start) + delta - Math.Sign(delta)) / delta);
        return count <= MostElements
            ? TensorFlowNumbers.MakeWhole(constants[0].Value.Type, Shape.Of((long)count), i => start + (i * delta))
            : null;

        long One(int i) => TensorFlowNumbers.Of(constants[i].Value).Whole(0);
    }

    private static TensorValue Reduced(TensorFlowCall call, TensorValue value)
    {
        var x = TensorFlowNumbers.Of(value);
        var numbers = Enumerable.Range(0, x.Count).Select(x.Whole).ToArray();
        var axes = call.KnownNumbers(1, "axes");
        if (axes.IsEmpty)
        {
            return value;
        }
        var result = call.Op switch
        {
            "Prod" => numbers.Aggregate(1L, (a, b) => checked(a * b)),
            "Sum" => numbers.Aggregate(0L, (a, b) => checked(a + b)),
            "Max" => numbers.DefaultIfEmpty(long.MinValue).Max(),
            _ => numbers.DefaultIfEmpty(long.MaxValue).Min(),
        };
        return Numbers(value.Type, [result]) with { Shape = call.Flag("keep_dims") ? Shape.Of(1) : Shape.Scalar };
    }
}
