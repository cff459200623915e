using System.Runtime.InteropServices;

namespace Neptune.ModelGraph;

/// <summary>A tensor outside any device: its elements in C order, little endian.</summary>
/// <param name="Type">What an element is.</param>
/// <param name="Shape">Fixed dimensions.</param>
/// <param name="Bytes">The elements.</param>
public sealed record TensorValue(ElementType Type, Shape Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>A float32 tensor of the given elements, which are copied.</summary>
    public static TensorValue Of(Shape shape, ReadOnlySpan<float> elements) =>
        new(ElementType.Float32, shape, MemoryMarshal.AsBytes(elements).ToArray());

    /// <summary>The elements of a float32 tensor.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds another type.</exception>
    public ReadOnlySpan<float> Floats =>
        Type == ElementType.Float32
            ? MemoryMarshal.Cast<byte, float>(Bytes.Span)
            : throw new InvalidOperationException($"The tensor holds {Type}, not Float32.");
}
