using System.Text.Json;

namespace Neptune.Formats;

/// <summary>Reads the texts of JSON that files of Keras hold.</summary>
internal static class KerasJson
{
    /// <summary>How deep values may lie in one another.</summary>
    public const int DeepestNesting = 256;

    /// <summary>Parses one.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="where">File and place, for errors.</param>
    /// <exception cref="ModelFileException">It is no JSON.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> text, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new() { MaxDepth = DeepestNesting });
            RequireUnicode(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ModelFileException($"{where} is no JSON: {e.Message} Save the model again.", e);
        }
    }

    // A text that is no Unicode is found out only when it is read.
    private static void RequireUnicode(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    RequireUnicode(item);
                }
                break;
            case JsonValueKind.Object:
                foreach (var item in json.EnumerateObject())
                {
                    _ = item.Name;
                    RequireUnicode(item.Value);
                }
                break;
        }
    }
}
