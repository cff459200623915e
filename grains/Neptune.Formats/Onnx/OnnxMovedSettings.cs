using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Settings that Neptune takes as attributes, as ONNX once did, and that are inputs in ONNX now.</summary>
internal static class OnnxMovedSettings
{
    private static readonly ImmutableArray<string> Axes = ["axes"];

    // Those of the second input, the third, and so on.
    private static readonly FrozenDictionary<string, ImmutableArray<string>> Moved = new Dictionary<
        string,
        ImmutableArray<string>
    >(StringComparer.Ordinal)
    {
        ["Clip"] = ["min", "max"],
        ["Dropout"] = ["ratio"],
        ["Pad"] = ["pads", "value"],
        ["Reshape"] = ["shape"],
        ["Resize"] = ["roi", "scales", "sizes"],
        ["Slice"] = ["starts", "ends", "axes"],
        ["Split"] = ["split"],
        ["Squeeze"] = Axes,
        ["TopK"] = ["k"],
        ["Unsqueeze"] = Axes,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The operation with inputs for those attributes.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="type">Finds the element type of its first input.</param>
    /// <param name="constant">Makes a constant of a name like the given one, and gives the name.</param>
    public static Operation AsInputs(
        Operation operation,
        Func<ElementType> type,
        Func<string, TensorValue, string> constant
    )
    {
        var names =
            operation.Type.StartsWith("Reduce", StringComparison.Ordinal) ? Axes
            : Moved.TryGetValue(operation.Type, out var moved) ? moved
            : [];
        var inputs = operation.Inputs.ToList();
        for (var i = 0; i < names.Length; i++)
        {
            if (operation.Attributes.TryGetValue(names[i], out var value))
            {
                while (inputs.Count < i + 2)
                {
                    inputs.Add("");
                }
                inputs[i + 1] = constant(
                    $"{operation.Outputs[0]}.{names[i]}",
                    ValueOf(operation, names[i], value, type)
                );
            }
        }
        return operation with { Inputs = [.. inputs], Attributes = operation.Attributes.RemoveRange(names) };
    }

    private static TensorValue ValueOf(
        Operation operation,
        string name,
        AttributeValue value,
        Func<ElementType> type
    ) =>
        value switch
        {
            AttributeValue.Ints numbers => Numbers([.. numbers.Values]),
            AttributeValue.Int number when name == "k" => Numbers([number.Value]),
            AttributeValue.Floats numbers => TensorValue.Of(Shape.Of(numbers.Values.Length), numbers.Values.AsSpan()),
            _ => Real(operation.Float(name, 0), name == "ratio" ? ElementType.Float32 : type()),
        };

    private static TensorValue Numbers(long[] numbers) =>
        new(ElementType.Int64, Shape.Of(numbers.Length), MemoryMarshal.AsBytes<long>(numbers).ToArray());

    private static TensorValue Real(float value, ElementType type) =>
        new(
            type,
            Shape.Scalar,
            type switch
            {
                ElementType.Float64 => BitConverter.GetBytes((double)value),
                ElementType.Float16 => BitConverter.GetBytes((Half)value),
                ElementType.Float32 => BitConverter.GetBytes(value),
                _ => throw new GraphException(
                    $"A setting of {value} beside elements of {type} is not exported. Give it as an input."
                ),
            }
        );
}
