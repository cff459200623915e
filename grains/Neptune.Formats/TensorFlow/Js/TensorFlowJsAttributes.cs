using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Neptune.Formats;

/// <summary>Settings of nodes in protobuf's JSON: 64-bit numbers are texts, and texts are base64.</summary>
internal static class TensorFlowJsAttributes
{
    /// <summary>A setting.</summary>
    public static TensorFlowAttribute Of(JsonElement attribute)
    {
        var result = new TensorFlowAttribute();
        foreach (var member in attribute.EnumerateObject())
        {
            result = member.Name switch
            {
                "s" => new() { Text = Text(member.Value) },
                "i" => new() { Int = Number(member.Value) },
                "f" => new() { Float = Real(member.Value) },
                "b" => new() { Bool = member.Value.GetBoolean() },
                "type" => new() { Type = TypeOf(member.Value) },
                "shape" => new() { Shape = ShapeOf(member.Value) },
                "func" => new() { Function = member.Value.GetProperty("name").GetString() },
                "list" => List(member.Value),
                _ => result,
            };
        }
        return result;
    }

    /// <summary>An element type, by its name or number.</summary>
    public static int TypeOf(JsonElement type) =>
        type.ValueKind == JsonValueKind.Number ? type.GetInt32() : TensorFlowDataType.Number(type.GetString()!);

    /// <summary>A shape.</summary>
    public static TensorFlowShape ShapeOf(JsonElement shape) =>
        shape.TryGetProperty("unknownRank", out var isUnknown) && isUnknown.GetBoolean()
            ? new((ImmutableArray<long>?)null)
        : shape.TryGetProperty("dim", out var dimensions)
            ? new([
                .. dimensions.EnumerateArray().Select(d => d.TryGetProperty("size", out var size) ? Number(size) : 0),
            ])
        : new(ImmutableArray<long>.Empty);

    private static TensorFlowAttribute List(JsonElement list) =>
        new()
        {
            Ints = list.TryGetProperty("i", out var ints) ? [.. ints.EnumerateArray().Select(Number)] : [],
            Texts = list.TryGetProperty("s", out var texts) ? [.. texts.EnumerateArray().Select(Text)] : [],
        };

    private static string Text(JsonElement text) => Encoding.UTF8.GetString(text.GetBytesFromBase64());

    private static long Number(JsonElement number) =>
        number.ValueKind == JsonValueKind.String
            ? long.Parse(number.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : number.GetInt64();

    // What is not finite is a text.
    private static float Real(JsonElement number) =>
        number.ValueKind == JsonValueKind.String
            ? float.Parse(number.GetString()!, CultureInfo.InvariantCulture)
            : number.GetSingle();
}
