using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Turns floating-point tensors of other widths into float32.</summary>
internal static class Float32Conversion
{
    /// <summary>The same values as float32; those of binary64 are rounded to the nearest.</summary>
    public static TensorValue Of(TensorValue value)
    {
        var size = value.Type.SizeBytes();
        var bytes = value.Bytes.Span;
        var result = new byte[bytes.Length / size * sizeof(float)];
        var floats = MemoryMarshal.Cast<byte, float>(result.AsSpan());
        for (var i = 0; i < floats.Length; i++)
        {
            var element = bytes[(i * size)..];
            floats[i] = value.Type switch
            {
                ElementType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                ElementType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                ElementType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                ElementType.BFloat16 => BitConverter.UInt32BitsToSingle(
                    (uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16
                ),
                _ => throw new System.Diagnostics.UnreachableException($"{value.Type} is no floating-point type."),
            };
        }
        return new(ElementType.Float32, value.Shape, result);
    }
}
