using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Makes tensors whose elements are those of another at regular places: transposed, cut, reversed, repeated.</summary>
internal static class StridedCopy
{
    private const int Tile = 16; // rows and columns that are transposed at a time: their cache lines stay at hand

    /// <summary>A tensor with its axes in another order.</summary>
    public static TensorValue Transposed(TensorValue value, ReadOnlySpan<int> order)
    {
        var strides = Strides(value.Shape);
        var lengths = value.Shape.ToArray();
        var (newLengths, newStrides) = (new long[order.Length], new long[order.Length]);
        for (var i = 0; i < order.Length; i++)
        {
            (newLengths[i], newStrides[i]) = (lengths[order[i]], strides[order[i]]);
        }
        return Of(value, newLengths, newStrides, 0);
    }

    /// <summary>A tensor of which element (i, j, ...) is the other's element start + i * strides[0] + j * strides[1] + ...</summary>
    public static TensorValue Of(TensorValue value, long[] lengths, long[] strides, long start)
    {
        var size = value.Type.SizeBytes();
        var count = lengths.Aggregate(1L, (a, b) => a * b);
        var result = GC.AllocateUninitializedArray<byte>(checked((int)(count * size)));
        if (count > 0)
        {
            switch (size)
            {
                case 1:
                    Copy<byte>(value.Bytes.Span, result, lengths, strides, start);
                    break;
                case 2:
                    Copy<ushort>(value.Bytes.Span, result, lengths, strides, start);
                    break;
                case 4:
                    Copy<uint>(value.Bytes.Span, result, lengths, strides, start);
                    break;
                default:
                    Copy<ulong>(value.Bytes.Span, result, lengths, strides, start);
                    break;
            }
        }
        return new(value.Type, Shape.Of(lengths), result);
    }

    /// <summary>How far elements of neighbouring places lie apart, along each axis.</summary>
    public static long[] Strides(Shape shape)
    {
        var strides = new long[shape.Rank];
        var step = 1L;
        for (var i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= shape[i].Length;
        }
        return strides;
    }

    private static void Copy<T>(ReadOnlySpan<byte> from, Span<byte> to, long[] lengths, long[] strides, long start)
        where T : unmanaged
    {
        var source = MemoryMarshal.Cast<byte, T>(from);
        var target = MemoryMarshal.Cast<byte, T>(to);
        if (lengths.Length == 0)
        {
            target[0] = source[(int)start];
            return;
        }
        // The axis along which the source's elements are neighbours is walked together with the last one.
        var partner = Array.FindLastIndex(strides, strides.Length - 1, stride => stride == 1);
        if (lengths.Length > 1 && strides[^1] != 1 && partner >= 0 && partner < lengths.Length - 1)
        {
            CopyTiled(source, target, lengths, strides, start, partner);
            return;
        }
        var (inner, step) = ((int)lengths[^1], (int)strides[^1]);
        var place = new long[lengths.Length];
        var at = start;
        for (var done = 0; done < target.Length; done += inner)
        {
            for (var i = 0; i < inner; i++)
            {
                target[done + i] = source[(int)(at + ((long)i * step))];
            }
            Advance(place, lengths, strides, ref at, lengths.Length - 2, skipped: -1);
        }
    }

    private static void CopyTiled<T>(
        ReadOnlySpan<T> source,
        Span<T> target,
        long[] lengths,
        long[] strides,
        long start,
        int partner
    )
        where T : unmanaged
    {
        var (rows, columns) = ((int)lengths[partner], (int)lengths[^1]);
        var rowStep = 1;
        for (var i = partner + 1; i < lengths.Length; i++)
        {
            rowStep *= (int)lengths[i];
        }
        var place = new long[lengths.Length];
        var targetStrides = Strides(Shape.Of(lengths));
        var at = start;
        var blocks = target.Length / rows / columns;
        for (var block = 0; block < blocks; block++)
        {
            var to = 0L;
            for (var i = 0; i < place.Length; i++)
            {
                to += place[i] * targetStrides[i];
            }
            for (var row = 0; row < rows; row += Tile)
            {
                for (var column = 0; column < columns; column += Tile)
                {
                    for (var r = row; r < Math.Min(rows, row + Tile); r++)
                    {
                        for (var c = column; c < Math.Min(columns, column + Tile); c++)
                        {
                            target[(int)to + (r * rowStep) + c] = source[(int)(at + r + (c * strides[^1]))];
                        }
                    }
                }
            }
            Advance(place, lengths, strides, ref at, lengths.Length - 2, partner);
        }
    }

    private static void Advance(long[] place, long[] lengths, long[] strides, ref long at, int last, int skipped)
    {
        for (var axis = last; axis >= 0; axis--)
        {
            if (axis == skipped)
            {
                continue;
            }
            at += strides[axis];
            if (++place[axis] < lengths[axis])
            {
                return;
            }
            at -= place[axis] * strides[axis];
            place[axis] = 0;
        }
    }
}
