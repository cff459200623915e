using System.Buffers.Binary;
using System.Numerics;

namespace Neptune.Formats;

/// <summary>CRC-32C (Castagnoli), plain and as LevelDB masks it where it stands beside what it covers.</summary>
internal static class Crc32C
{
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>The masked checksum of two parts that follow one another.</summary>
    public static uint Masked(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var crc = ~Add(Add(uint.MaxValue, first), second);
        return BitOperations.RotateRight(crc, 15) + MaskDelta;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (var next in bytes)
        {
            crc = BitOperations.Crc32C(crc, next);
        }
        return crc;
    }
}
