using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Neptune.Collectives;

/// <summary>
/// Finds out who brought values that made a sum infinite or no number. An addition stops where a sum is not finite: until it
/// goes on, both operands are there, and those of them that are partial sums of ranks are looked at. One that is a sum itself
/// was looked into when it was made. For one thread at a time; nothing is allocated while all is finite.
/// </summary>
internal sealed class NonFiniteRanks
{
    private const int Exponent = 0x7F800000; // of an infinity, and of what is no number

    private readonly SortedSet<int> _found = [];

    /// <summary>The ranks, in order.</summary>
    public IReadOnlyCollection<int> Found => _found;

    /// <summary>Another all-reduce begins.</summary>
    public void Clear() => _found.Clear();

    /// <summary>Adds up to the first values whose sum is not finite; it takes hardly longer than to add without a look.</summary>
    /// <param name="left">Left operands.</param>
    /// <param name="right">Right operands.</param>
    /// <param name="sum">Receives the sums; may be the memory of either.</param>
    /// <returns>How many are added. The memory behind is as it was.</returns>
    public static int AddWhileFinite(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum)
    {
        var l = MemoryMarshal.Cast<float, Vector<float>>(left);
        var r = MemoryMarshal.Cast<float, Vector<float>>(right)[..l.Length];
        var s = MemoryMarshal.Cast<float, Vector<float>>(sum)[..l.Length];
        var exponent = new Vector<int>(Exponent);
        for (var i = 0; i < l.Length; i++)
        {
            var both = l[i] + r[i];
            if (Vector.EqualsAny(Vector.AsVectorInt32(both) & exponent, exponent))
                return i * Vector<float>.Count;
            s[i] = both;
        }
        for (var i = l.Length * Vector<float>.Count; i < left.Length; i++)
        {
            var both = left[i] + right[i];
            if (!float.IsFinite(both))
                return i;
            sum[i] = both;
        }
        return left.Length;
    }

    /// <summary>Looks at values of a rank's partial sum.</summary>
    public void Look(ReadOnlySpan<float> values, int rank)
    {
        if (!TensorPrimitives.IsFiniteAll(values))
            _found.Add(rank);
    }
}
