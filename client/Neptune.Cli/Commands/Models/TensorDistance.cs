using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary>How far two tensors are apart.</summary>
internal static class TensorDistance
{
    /// <summary>The greatest difference between two elements; not a number where one of the two is none.</summary>
    /// <exception cref="UsageException">The shapes differ, or elements are of a type that is not compared.</exception>
    public static double Of(TensorValue expected, TensorValue found, string name)
    {
        if (expected.Shape != found.Shape)
        {
            throw new UsageException($"Output {name} has shape {found.Shape}, and {expected.Shape} is expected.");
        }
        var (wanted, given) = (Numbers(expected, name), Numbers(found, name));
        var worst = 0.0;
        for (var i = 0; i < wanted.Length; i++)
        {
            if (wanted[i].Equals(given[i]))
            {
                continue; // infinities and what is no number, alike
            }
            var difference = Math.Abs(wanted[i] - given[i]);
            if (double.IsNaN(difference))
            {
                return double.NaN;
            }
            worst = Math.Max(worst, difference);
        }
        return worst;
    }

    private static double[] Numbers(TensorValue value, string name) =>
        value.Type switch
        {
            ElementType.Float32 => Of<float>(value, x => x),
            ElementType.Float64 => Of<double>(value, x => x),
            ElementType.Float16 => Of<Half>(value, x => (double)x),
            ElementType.Int8 => Of<sbyte>(value, x => x),
            ElementType.Int16 => Of<short>(value, x => x),
            ElementType.Int32 => Of<int>(value, x => x),
            ElementType.Int64 => Of<long>(value, x => x),
            ElementType.UInt8 or ElementType.Boolean => Of<byte>(value, x => x),
            _ => throw new UsageException($"Output {name} is of {value.Type}, which is not compared."),
        };

    private static double[] Of<T>(TensorValue value, Func<T, double> number)
        where T : unmanaged => [.. MemoryMarshal.Cast<byte, T>(value.Bytes.Span).ToArray().Select(number)];
}
