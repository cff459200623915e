using System.Collections.Immutable;
using System.IO.Compression;

namespace Neptune.Formats;

/// <summary>How chunks were packed (IV.A.2.l of the specification): undone from the last filter to the first.</summary>
/// <param name="input">The file.</param>
/// <param name="numbers">The filters' numbers, in the order in which they were applied, each with its first setting.</param>
internal sealed class Hdf5Filters(Hdf5Input input, ImmutableArray<(int Number, long Setting)> numbers)
{
    private const int Deflate = 1;
    private const int Shuffle = 2;
    private const int Fletcher32 = 3;
    private const int ChecksumBytes = 4;

    /// <summary>Reads a filter message; null is none.</summary>
    public static Hdf5Filters Read(Hdf5Input input, Hdf5Message? message)
    {
        if (message is null)
        {
            return new(input, []);
        }
        var cursor = new Hdf5Cursor(input, message.Content);
        var (version, count) = (cursor.Byte(), cursor.Byte());
        cursor.Skip(version == 1 ? 6 : 0);
        var filters = ImmutableArray.CreateBuilder<(int, long)>();
        for (var i = 0; i < count; i++)
        {
            var number = cursor.UInt16();
            var nameLength = version == 1 || number >= 256 ? cursor.UInt16() : 0;
            cursor.Skip(2);
            var settings = cursor.UInt16();
            cursor.Skip(version == 1 ? (nameLength + 7) / 8 * 8 : nameLength);
            var first = settings > 0 ? cursor.UInt32() : 0;
            cursor.Skip((Math.Max(0, settings - 1) * 4L) + (version == 1 && settings % 2 == 1 ? 4 : 0));
            if (number is not (Deflate or Shuffle or Fletcher32))
            {
                throw input.Unknown(
                    $"its weights are packed by filter {number}, and only gzip, shuffle and fletcher32 are known",
                    "Save it without compression."
                );
            }
            filters.Add((number, first));
        }
        return new(input, filters.ToImmutable());
    }

    /// <summary>A chunk's elements.</summary>
    /// <param name="packed">What the file holds.</param>
    /// <param name="skipped">A bit for each filter that was left out for this chunk.</param>
    /// <param name="length">Bytes of a whole chunk.</param>
    /// <param name="path">The dataset, for errors.</param>
    public byte[] Undo(byte[] packed, long skipped, int length, string path)
    {
        for (var i = numbers.Length - 1; i >= 0; i--)
        {
            if (i < 32 && (skipped & (1L << i)) != 0)
            {
                continue;
            }
            packed = numbers[i].Number switch
            {
                Deflate => Inflate(packed, length + ChecksumBytes, path),
                Shuffle => Unshuffle(packed, (int)Math.Clamp(numbers[i].Setting, 1, int.MaxValue)),
                _ => packed.Length >= ChecksumBytes ? packed[..^ChecksumBytes] : packed,
            };
        }
        return packed.Length == length
            ? packed
            : throw input.Damaged($"a chunk of {path} has {packed.Length} bytes, and must have {length}");
    }

    private byte[] Inflate(byte[] packed, int most, string path)
    {
        using var plain = new MemoryStream();
        using var stream = new ZLibStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        var buffer = new byte[Math.Min(most, 1 << 16)];
        try
        {
            for (int count; (count = stream.Read(buffer)) > 0; )
            {
                if (plain.Length + count > most)
                {
                    throw input.Damaged($"a chunk of {path} unpacks to more than its shape needs");
                }
                plain.Write(buffer.AsSpan(0, count));
            }
        }
        catch (InvalidDataException e)
        {
            throw new ModelFileException(input.Damaged($"a chunk of {path} cannot be unpacked").Message, e);
        }
        return plain.ToArray();
    }

    // First all elements' first bytes, then all second ones, and so on.
    private static byte[] Unshuffle(byte[] shuffled, int size)
    {
        var count = shuffled.Length / size;
        var plain = new byte[shuffled.Length];
        for (var part = 0; part < size; part++)
        {
            var from = shuffled.AsSpan(part * count, count);
            for (var i = 0; i < count; i++)
            {
                plain[(i * size) + part] = from[i];
            }
        }
        shuffled.AsSpan(count * size).CopyTo(plain.AsSpan(count * size));
        return plain;
    }
}
