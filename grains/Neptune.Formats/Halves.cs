using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Numbers of 16 bits as float32, which holds them exactly.</summary>
internal static class Halves
{
    /// <summary>A value of Float16 or BFloat16 as Float32.</summary>
    public static TensorValue Widen(TensorValue value)
    {
        var halves = MemoryMarshal.Cast<byte, ushort>(value.Bytes.Span);
        var floats = new float[halves.Length];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] =
                value.Type == ElementType.BFloat16
                    ? BitConverter.UInt32BitsToSingle((uint)halves[i] << 16)
                    : (float)BitConverter.UInt16BitsToHalf(halves[i]);
        }
        return TensorValue.Of(value.Shape, floats);
    }
}
