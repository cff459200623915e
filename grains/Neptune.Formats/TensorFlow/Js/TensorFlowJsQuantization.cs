using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// How a weight of TensorFlow.js is stored in fewer bits than it has: in 8 or 16 as <c>min + scale * number</c>, or as half-precision
/// numbers.
/// </summary>
/// <param name="Stored">Of the numbers in the files.</param>
/// <param name="Scale">Of numbers that are whole.</param>
/// <param name="Least">What 0 stands for.</param>
internal sealed record TensorFlowJsQuantization(ElementType Stored, double Scale, double Least)
{
    /// <summary>What a weight's entry <c>quantization</c> says.</summary>
    /// <exception cref="ModelFileException">It is not known, or incomplete; the message says in what, after <paramref name="weight"/>.</exception>
    public static TensorFlowJsQuantization Read(JsonElement quantization, string weight) =>
        TextOf(quantization) switch
        {
            "uint8" => new(
                ElementType.UInt8,
                Number(quantization, "scale", weight),
                Number(quantization, "min", weight)
            ),
            "uint16" => new(
                ElementType.UInt16,
                Number(quantization, "scale", weight),
                Number(quantization, "min", weight)
            ),
            "float16" => new(ElementType.Float16, 1, 0),
            var other => throw new ModelFileException(
                $"{weight} is stored as {other ?? "nothing that is said"}, which is not known. The file is damaged."
            ),
        };

    /// <summary>The weight of stored numbers.</summary>
    public TensorValue Restored(TensorValue stored, ElementType type)
    {
        if (Stored == ElementType.Float16)
        {
            return Float32Conversion.Of(stored);
        }
        var numbers = TensorFlowNumbers.Of(stored);
        return type == ElementType.Float32
            ? TensorFlowNumbers.Make(type, stored.Shape, i => (numbers.Whole(i) * Scale) + Least)
            : TensorFlowNumbers.MakeWhole(
                type,
                stored.Shape,
                i => (long)Math.Round((numbers.Whole(i) * Scale) + Least)
            );
    }

    private static string? TextOf(JsonElement quantization) =>
        quantization.ValueKind == JsonValueKind.Object
        && quantization.TryGetProperty("dtype", out var type)
        && type.ValueKind == JsonValueKind.String
            ? type.GetString()
            : null;

    private static double Number(JsonElement quantization, string name, string weight) =>
        quantization.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number
            ? number.GetDouble()
            : throw new ModelFileException($"{weight} is quantized without a number for {name}. The file is damaged.");
}
