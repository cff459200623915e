using System.Text.Json;

namespace Neptune.Formats;

/// <summary>Reads the texts of JSON that files of Keras hold.</summary>
internal static class KerasJson
{
    private const int DeepestNesting = 256;

    /// <summary>Parses one.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="where">File and place, for errors.</param>
    /// <exception cref="ModelFileException">It is no JSON.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> text, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new() { MaxDepth = DeepestNesting });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"{where} is no JSON: {e.Message} Save the model again.", e);
        }
    }
}
