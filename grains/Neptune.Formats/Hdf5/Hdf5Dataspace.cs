using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>The lengths of a dataset or attribute (IV.A.2.b of the specification).</summary>
internal static class Hdf5Dataspace
{
    private const int MostDimensions = 32;

    /// <summary>Reads a dataspace message.</summary>
    /// <returns>The lengths, whose product is a 64-bit number; none for a single element.</returns>
    public static ImmutableArray<long> Read(Hdf5Input input, ReadOnlySpan<byte> message)
    {
        var cursor = new Hdf5Cursor(input, message);
        var version = cursor.Byte();
        var rank = cursor.Byte();
        cursor.Skip(1);
        if (version is not (1 or 2) || rank > MostDimensions)
        {
            throw input.Damaged($"a dataspace is of version {version} and has {rank} dimensions");
        }
        // The null dataspace has no element.
        var isNull = cursor.Byte() == 2 && version == 2;
        cursor.Skip(version == 1 ? 4 : 0);
        var lengths = ImmutableArray.CreateBuilder<long>();
        var count = (Int128)1;
        for (var i = 0; i < rank; i++)
        {
            lengths.Add(cursor.Length());
            count *= lengths[i];
            if (lengths[i] < 0 || count > long.MaxValue)
            {
                throw input.Damaged("a dataspace has more elements than can be counted");
            }
        }
        return isNull ? [0] : lengths.ToImmutable();
    }

    /// <summary>The number of elements.</summary>
    public static long Count(ImmutableArray<long> lengths) =>
        lengths.Aggregate(1L, (product, length) => product * length);
}
