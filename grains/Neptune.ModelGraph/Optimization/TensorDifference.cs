using System.Numerics;
using System.Runtime.InteropServices;

namespace Neptune.ModelGraph;

/// <summary>How far two tensors are apart.</summary>
/// <param name="Largest">
/// The greatest difference between two elements, divided by the greatest finite element of the first tensor where that is
/// more than 1; infinite where shapes, types or what is no finite number differ.
/// </param>
/// <param name="Compared">How many pairs of finite elements there were.</param>
public readonly record struct TensorDifference(double Largest, long Compared)
{
    /// <summary>Compares two tensors; infinities of one sign are equal, and so are two NaN.</summary>
    public static TensorDifference Between(TensorValue expected, TensorValue found)
    {
        if (expected.Type != found.Type || expected.Shape != found.Shape)
        {
            return new(double.PositiveInfinity, 0);
        }
        var (wanted, given) = (Numbers(expected), Numbers(found));
        var (largest, size, compared) = (0.0, 1.0, 0L);
        for (var i = 0; i < wanted.Length; i++)
        {
            if (double.IsFinite(wanted[i]) && double.IsFinite(given[i]))
            {
                largest = Math.Max(largest, Math.Abs(wanted[i] - given[i]));
                size = Math.Max(size, Math.Abs(wanted[i]));
                compared++;
            }
            else if (!wanted[i].Equals(given[i]))
            {
                return new(double.PositiveInfinity, compared);
            }
        }
        return new(largest / size, compared);
    }

    private static double[] Numbers(TensorValue value) =>
        value.Type switch
        {
            ElementType.Float32 => Numbers<float>(value),
            ElementType.Float64 => Numbers<double>(value),
            ElementType.Float16 => Numbers<Half>(value),
            ElementType.BFloat16 =>
            [
                .. MemoryMarshal
                    .Cast<byte, ushort>(value.Bytes.Span)
                    .ToArray()
                    .Select(bits => (double)BitConverter.UInt32BitsToSingle((uint)bits << 16)),
            ],
            ElementType.Int64 => Numbers<long>(value),
            ElementType.UInt64 => Numbers<ulong>(value),
            ElementType.Int32 => Numbers<int>(value),
            ElementType.UInt32 => Numbers<uint>(value),
            ElementType.Int16 => Numbers<short>(value),
            ElementType.UInt16 => Numbers<ushort>(value),
            ElementType.Int8 => Numbers<sbyte>(value),
            _ => Numbers<byte>(value),
        };

    private static double[] Numbers<T>(TensorValue value)
        where T : unmanaged, INumber<T> =>
        [.. MemoryMarshal.Cast<byte, T>(value.Bytes.Span).ToArray().Select(double.CreateTruncating)];
}
