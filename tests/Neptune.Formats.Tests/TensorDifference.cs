using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Compares tensors as NumPy's allclose does.</summary>
internal static class TensorDifference
{
    /// <summary>What differs, or null.</summary>
    public static string? Of(TensorValue expected, TensorValue found, double relative, double absolute)
    {
        if (expected.Type != found.Type || expected.Shape != found.Shape)
        {
            return $"is {found.Type} {found.Shape}, and must be {expected.Type} {expected.Shape}";
        }
        var (wanted, given) = (Numbers(expected), Numbers(found));
        for (var i = 0; i < wanted.Length; i++)
        {
            var isClose =
                wanted[i].Equals(given[i])
                || Math.Abs(wanted[i] - given[i]) <= absolute + (relative * Math.Abs(wanted[i]));
            if (!isClose)
            {
                return $"element {i} is {given[i]}, and must be {wanted[i]}";
            }
        }
        return null;
    }

    /// <summary>The elements as numbers.</summary>
    public static double[] Numbers(TensorValue value) =>
        value.Type switch
        {
            ElementType.Float32 => Of<float>(value, x => x),
            ElementType.Float64 => Of<double>(value, x => x),
            ElementType.Float16 => Of<Half>(value, x => (double)x),
            ElementType.BFloat16 => Of<ushort>(value, x => BitConverter.UInt32BitsToSingle((uint)x << 16)),
            ElementType.Int8 => Of<sbyte>(value, x => x),
            ElementType.Int16 => Of<short>(value, x => x),
            ElementType.Int32 => Of<int>(value, x => x),
            ElementType.Int64 => Of<long>(value, x => x),
            ElementType.UInt8 or ElementType.Boolean => Of<byte>(value, x => x),
            ElementType.UInt16 => Of<ushort>(value, x => x),
            ElementType.UInt32 => Of<uint>(value, x => x),
            ElementType.UInt64 => Of<ulong>(value, x => x),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };

    private static double[] Of<T>(TensorValue value, Func<T, double> number)
        where T : unmanaged => [.. MemoryMarshal.Cast<byte, T>(value.Bytes.Span).ToArray().Select(number)];
}
