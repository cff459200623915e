using System.Buffers.Binary;

namespace Neptune.Data;

/// <summary>Float32 values as chunks hold them.</summary>
internal static class LittleEndian
{
    public static void Write(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * sizeof(float))..], values[i]);
    }
}
