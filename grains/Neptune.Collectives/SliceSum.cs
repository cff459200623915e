using System.Numerics.Tensors;

namespace Neptune.Collectives;

/// <summary>Adds one slice of all ranks' partial sums along the tree, in place.</summary>
internal static class SliceSum
{
    // A slice is added block by block, all the way up the tree: a block's operands stay in the caches.
    private const int BlockLength = 8192;
    private const int Alignment = 16;

    /// <summary>The part of a vector that a rank completes: its bounds are multiples of 16, or the vector's end.</summary>
    public static (int Start, int End) Bounds(int length, int rank, int worldSize)
    {
        var units = ((long)length + Alignment - 1) / Alignment;
        return (At(rank), At(rank + 1));

        int At(int r) => (int)Math.Min(length, units * r / worldSize * Alignment);
    }

    /// <summary>
    /// Leaves the root's sum over <c>[start, end)</c> in the first partial sum's memory; that part of all others is
    /// used as scratch.
    /// </summary>
    /// <param name="shards">S.</param>
    /// <param name="ordered">Partial sums that tile the shards, in order.</param>
    /// <param name="start">First value.</param>
    /// <param name="end">Behind the last value.</param>
    /// <param name="nonFinite">Receives the ranks whose values are not finite.</param>
    /// <param name="rankOf">Whose a partial sum is, by its place.</param>
    public static void Reduce(
        int shards,
        ReadOnlySpan<PartialSum> ordered,
        int start,
        int end,
        NonFiniteRanks nonFinite,
        Func<int, int> rankOf
    )
    {
        for (var block = start; block < end; block += BlockLength)
        {
            var cursor = 0;
            var count = Math.Min(BlockLength, end - block);
            var sum = Add(ReductionTree.Root(shards), ordered, ref cursor, block, count, nonFinite, rankOf);
            if (ordered.Length == 1)
                nonFinite.Look(sum, rankOf(0));
        }
    }

    private static Span<float> Add(
        TreeNode node,
        ReadOnlySpan<PartialSum> ordered,
        ref int cursor,
        int start,
        int count,
        NonFiniteRanks nonFinite,
        Func<int, int> rankOf
    )
    {
        if (ordered[cursor].Node == node)
            return ordered[cursor++].Values.Span.Slice(start, count);
        var l = cursor;
        var left = Add(new TreeNode(node.Low, node.Middle), ordered, ref cursor, start, count, nonFinite, rankOf);
        var r = cursor;
        var right = Add(new TreeNode(node.Middle, node.High), ordered, ref cursor, start, count, nonFinite, rankOf);
        var added = NonFiniteRanks.AddWhileFinite(left, right, left);
        if (added < count)
        {
            // Of operands that are sums themselves it is known already.
            if (r == l + 1)
                nonFinite.Look(left, rankOf(l));
            if (cursor == r + 1)
                nonFinite.Look(right, rankOf(r));
            TensorPrimitives.Add(left[added..], right[added..], left[added..]);
        }
        return left;
    }
}
