using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Neptune.ModelGraph;

/// <summary>Random values for a graph's inputs, a pure function of the seed and the inputs' names.</summary>
public static class RandomInputs
{
    /// <summary>
    /// A value for each input: of floating-point inputs from the normal distribution of mean 0 and deviation 1 for even seeds,
    /// and uniform in [0, 1) for odd ones; of whole numbers and truth values 0 or 1.
    /// </summary>
    /// <param name="graph">Whose inputs.</param>
    /// <param name="seed">Of the values.</param>
    /// <param name="rows">The length of the batch, where the graph leaves it open.</param>
    /// <param name="length">All other lengths that the graph leaves open.</param>
    /// <exception cref="GraphException">An input does not say how many dimensions it has.</exception>
    public static ImmutableSortedDictionary<string, TensorValue> Of(Graph graph, ulong seed, long rows, long length) =>
        graph.Inputs.ToImmutableSortedDictionary(
            input => input.Name,
            input => Of(input, seed, LengthsOf(input, rows, length)),
            StringComparer.Ordinal
        );

    private static long[] LengthsOf(ValueSignature input, long rows, long length) =>
        input.Shape.IsKnown
            ?
            [
                .. input.Shape.Dimensions.Select(d =>
                    d.IsFixed ? d.Length
                    : d == Dimension.Batch ? rows
                    : length
                ),
            ]
            : throw new GraphException(
                $"Input {input.Name} may have any number of dimensions, so that no random value can be drawn for it."
            );

    private static TensorValue Of(ValueSignature input, ulong seed, long[] lengths)
    {
        var random = new KeyedRandom(KeyedRandom.Key(seed, $"random input {input.Name}"));
        var count = checked((int)Shape.Of(lengths).ElementCount());
        var numbers = new double[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] =
                !input.Type.IsFloating() ? random.NextBelow(2)
                : seed % 2 == 0 ? Normal(ref random)
                : random.NextDouble();
        }
        return new(input.Type, Shape.Of(lengths), Bytes(input, numbers));
    }

    // Box and Muller, 1958.
    private static double Normal(ref KeyedRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static byte[] Bytes(ValueSignature input, double[] numbers) =>
        input.Type switch
        {
            ElementType.Float32 => Bytes<float>(numbers),
            ElementType.Float16 => Bytes<Half>(numbers),
            ElementType.Float64 => Bytes<double>(numbers),
            ElementType.BFloat16 => Bytes<ushort>([
                .. numbers.Select(n => (double)(BitConverter.SingleToUInt32Bits((float)n) >> 16)),
            ]),
            ElementType.Int64 or ElementType.UInt64 => Bytes<long>(numbers),
            ElementType.Int32 or ElementType.UInt32 => Bytes<int>(numbers),
            ElementType.Int16 or ElementType.UInt16 => Bytes<short>(numbers),
            _ => Bytes<byte>(numbers),
        };

    private static byte[] Bytes<T>(double[] numbers)
        where T : unmanaged, INumber<T> =>
        MemoryMarshal.AsBytes(numbers.Select(T.CreateTruncating).ToArray().AsSpan()).ToArray();
}
