using System.Buffers.Binary;

namespace Neptune.Formats;

/// <summary>Unpacks a block of https://github.com/google/snappy/blob/main/format_description.txt.</summary>
internal static class SnappyBlock
{
    private const int MostGrowth = 64; // a copy of three bytes gives at most 64

    /// <summary>The unpacked bytes; null where the block is damaged.</summary>
    public static byte[]? TryUnpack(ReadOnlySpan<byte> packed)
    {
        if (!TryLength(ref packed, out var length) || length > (long)packed.Length * MostGrowth)
        {
            return null;
        }
        var result = new byte[length];
        var done = 0;
        while (!packed.IsEmpty)
        {
            var tag = packed[0];
            packed = packed[1..];
            var isDone =
                (tag & 3) == 0
                    ? TryLiteral(tag, ref packed, result, ref done)
                    : TryCopy(tag, ref packed, result, ref done);
            if (!isDone)
            {
                return null;
            }
        }
        return done == result.Length ? result : null;
    }

    private static bool TryLength(ref ReadOnlySpan<byte> packed, out long length)
    {
        length = 0;
        for (var i = 0; i < 5 && i < packed.Length; i++)
        {
            length |= (long)(packed[i] & 0x7F) << (7 * i);
            if (packed[i] < 0x80)
            {
                packed = packed[(i + 1)..];
                return length <= int.MaxValue;
            }
        }
        return false;
    }

    private static bool TryLiteral(byte tag, ref ReadOnlySpan<byte> packed, byte[] result, ref int done)
    {
        long length = tag >> 2;
        if (length >= 60)
        {
            var bytes = (int)length - 59;
            if (packed.Length < bytes)
            {
                return false;
            }
            length = 0;
            for (var i = 0; i < bytes; i++)
            {
                length |= (long)packed[i] << (8 * i);
            }
            packed = packed[bytes..];
        }
        length++;
        if (length > packed.Length || length > result.Length - done)
        {
            return false;
        }
        packed[..(int)length].CopyTo(result.AsSpan(done));
        done += (int)length;
        packed = packed[(int)length..];
        return true;
    }

    private static bool TryCopy(byte tag, ref ReadOnlySpan<byte> packed, byte[] result, ref int done)
    {
        var bytes = (tag & 3) switch
        {
            1 => 1,
            2 => 2,
            _ => 4,
        };
        if (packed.Length < bytes)
        {
            return false;
        }
        var length = bytes == 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
        long offset = bytes switch
        {
            1 => ((tag & 0xE0) << 3) | packed[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(packed),
            _ => BinaryPrimitives.ReadUInt32LittleEndian(packed),
        };
        packed = packed[bytes..];
        if (offset == 0 || offset > done || length > result.Length - done)
        {
            return false;
        }
        // Source and target may overlap: what was just written is then read again.
        for (var i = 0; i < length; i++, done++)
        {
            result[done] = result[done - (int)offset];
        }
        return true;
    }
}
