using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Makes tensors whose elements are those of another at regular places: permuted, cut, reversed, repeated.</summary>
internal static class StridedCopy
{
    private const int Line = 16; // neighbours that are read at a time

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
        // Where the source's neighbours lie along an axis before the last, some of them are taken at a time: a cache line is then
        // read once.
        var near = Array.FindIndex(strides, stride => stride == 1);
        if (strides[^1] != 1 && near >= 0 && lengths[near] > 1)
        {
            CopyLines(source, target, lengths, strides, start, near);
            return;
        }
        var (inner, step) = ((int)lengths[^1], (int)strides[^1]);
        var targetStrides = Strides(Shape.Of(lengths));
        var place = new long[lengths.Length];
        var (at, into) = (start, 0L);
        for (var done = 0; done < target.Length; done += inner)
        {
            if (step == 1)
            {
                source.Slice((int)at, inner).CopyTo(target[(int)into..]);
            }
            else
            {
                for (var i = 0; i < inner; i++)
                {
                    target[(int)into + i] = source[(int)(at + ((long)i * step))];
                }
            }
            Advance(place, lengths, strides, targetStrides, ref at, ref into, skipped: lengths.Length - 1);
        }
    }

    private static void CopyLines<T>(
        ReadOnlySpan<T> source,
        Span<T> target,
        long[] lengths,
        long[] strides,
        long start,
        int near
    )
        where T : unmanaged
    {
        var targetStrides = Strides(Shape.Of(lengths));
        var (all, apart) = ((int)lengths[near], (int)targetStrides[near]);
        var places = target.Length / all;
        for (var first = 0; first < all; first += Line)
        {
            var count = Math.Min(Line, all - first);
            var place = new long[lengths.Length];
            var (at, to) = (start + first, (long)first * apart);
            for (var done = 0; done < places; done++)
            {
                var line = source.Slice((int)at, count);
                for (var i = 0; i < line.Length; i++)
                {
                    target[(int)to + (i * apart)] = line[i];
                }
                Advance(place, lengths, strides, targetStrides, ref at, ref to, near);
            }
        }
    }

    private static void Advance(
        long[] place,
        long[] lengths,
        long[] strides,
        long[] targetStrides,
        ref long at,
        ref long to,
        int skipped
    )
    {
        for (var axis = lengths.Length - 1; axis >= 0; axis--)
        {
            if (axis == skipped)
            {
                continue;
            }
            at += strides[axis];
            to += targetStrides[axis];
            if (++place[axis] < lengths[axis])
            {
                return;
            }
            at -= place[axis] * strides[axis];
            to -= place[axis] * targetStrides[axis];
            place[axis] = 0;
        }
    }
}
