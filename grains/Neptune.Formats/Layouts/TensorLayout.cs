using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Lays a tensor's elements out in another order of its dimensions, block by block.</summary>
internal static class TensorLayout
{
    private const int Block = 32;

    /// <summary>The tensor with dimension <c>order[i]</c> at place i.</summary>
    public static TensorValue Permuted(TensorValue value, params ReadOnlySpan<int> order)
    {
        var lengths = value.Shape.ToArray();
        var target = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            target[i] = lengths[order[i]];
        }
        var shape = Shape.Of(target);
        var size = value.Type.SizeBytes();
        var bytes = GC.AllocateUninitializedArray<byte>(value.Bytes.Length);
        if (bytes.Length > 0)
        {
            var (dimensions, strides) = Merged(lengths, order);
            switch (size)
            {
                case 4:
                    Copy<int>(value.Bytes.Span, bytes, dimensions, strides);
                    break;
                default:
                    throw new ArgumentException($"Elements of {value.Type} are not laid out anew.", nameof(value));
            }
        }
        return value with { Shape = shape, Bytes = bytes };
    }

    /// <summary>The tensor with other lengths.</summary>
    public static TensorValue Reshaped(TensorValue value, params ReadOnlySpan<long> lengths) =>
        value with
        {
            Shape = Shape.Of(lengths),
        };

    // The target's dimensions with the source's strides; those that follow one another in both are one.
    private static (int[] Lengths, int[] Strides) Merged(long[] source, ReadOnlySpan<int> order)
    {
        var strides = new long[source.Length];
        var stride = 1L;
        for (var i = source.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= source[i];
        }
        var lengths = new List<int>();
        var steps = new List<int>();
        foreach (var axis in order)
        {
            if (source[axis] == 1)
            {
                continue;
            }
            if (steps.Count > 0 && steps[^1] == strides[axis] * source[axis])
            {
                lengths[^1] *= (int)source[axis];
                steps[^1] = (int)strides[axis];
            }
            else
            {
                lengths.Add((int)source[axis]);
                steps.Add((int)strides[axis]);
            }
        }
        return ([.. lengths], [.. steps]);
    }

    private static void Copy<T>(ReadOnlySpan<byte> from, Span<byte> to, int[] lengths, int[] strides)
        where T : unmanaged
    {
        var source = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(from);
        var target = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(to);
        if (lengths.Length == 0 || (lengths.Length == 1 && strides[0] == 1))
        {
            source.CopyTo(target);
            return;
        }
        // The target's last dimension, and the one that is dense in the source, are walked in blocks.
        var last = lengths.Length - 1;
        var dense = Array.IndexOf(strides, 1);
        if (dense < 0)
        {
            dense = last;
        }
        var targetStrides = new int[lengths.Length];
        targetStrides[last] = 1;
        for (var i = last - 1; i >= 0; i--)
        {
            targetStrides[i] = targetStrides[i + 1] * lengths[i + 1];
        }
        var outer = Enumerable.Range(0, lengths.Length).Where(i => i != last && i != dense).ToImmutableArray();
        var counter = new int[outer.Length];
        var (fromBase, toBase) = (0, 0);
        while (true)
        {
            if (dense == last)
            {
                CopyRow(source[fromBase..], target[toBase..], lengths[last], strides[last]);
            }
            else
            {
                CopyMatrix(
                    source[fromBase..],
                    target[toBase..],
                    (lengths[dense], targetStrides[dense]),
                    (lengths[last], strides[last])
                );
            }
            var place = outer.Length - 1;
            for (; place >= 0; place--)
            {
                var axis = outer[place];
                fromBase += strides[axis];
                toBase += targetStrides[axis];
                if (++counter[place] < lengths[axis])
                {
                    break;
                }
                fromBase -= strides[axis] * lengths[axis];
                toBase -= targetStrides[axis] * lengths[axis];
                counter[place] = 0;
            }
            if (place < 0)
            {
                return;
            }
        }
    }

    private static void CopyRow<T>(ReadOnlySpan<T> source, Span<T> target, int count, int stride)
    {
        if (stride == 1)
        {
            source[..count].CopyTo(target);
            return;
        }
        for (var i = 0; i < count; i++)
        {
            target[i] = source[i * stride];
        }
    }

    // rows are dense in the source and step in the target; columns the other way round.
    private static void CopyMatrix<T>(
        ReadOnlySpan<T> source,
        Span<T> target,
        (int Count, int Step) rows,
        (int Count, int Step) columns
    )
    {
        for (var top = 0; top < rows.Count; top += Block)
        {
            var bottom = Math.Min(top + Block, rows.Count);
            for (var left = 0; left < columns.Count; left += Block)
            {
                var right = Math.Min(left + Block, columns.Count);
                for (var row = top; row < bottom; row++)
                {
                    for (var column = left; column < right; column++)
                    {
                        target[(row * rows.Step) + column] = source[(column * columns.Step) + row];
                    }
                }
            }
        }
    }
}
