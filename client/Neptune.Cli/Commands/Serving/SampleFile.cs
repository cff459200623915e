using System.Globalization;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary>Reads samples from text: one on each line, values separated by commas, semicolons or blanks.</summary>
internal static class SampleFile
{
    private static readonly char[] Separators = [',', ';', ' ', '\t'];

    /// <summary>True where the name is a text file's, not an image's.</summary>
    public static bool IsText(string path) => Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".txt" or ".tsv";

    /// <summary>The samples of a file in order.</summary>
    /// <exception cref="InvalidInputException">It cannot be read, or holds what is no number; the message says where.</exception>
    public static async Task<IReadOnlyList<float[]>> ReadAsync(string path, CancellationToken cancellation)
    {
        string[] lines;
        try
        {
            lines = await File.ReadAllLinesAsync(path, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The file '{path}' cannot be read: {error.Message}", error);
        }
        var samples = lines
            .Select((line, i) => (line, number: i + 1))
            .Where(l => !string.IsNullOrWhiteSpace(l.line))
            .Select(l => Parse(l.line, $"{path}, line {l.number}"))
            .ToList();
        return samples.Count > 0
            ? samples
            : throw new InvalidInputException(
                $"The file '{path}' holds no sample. Write the values of one on each line."
            );
    }

    private static float[] Parse(string line, string where) =>
        [.. line.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(value => Number(value, where))];

    private static float Number(string text, string where) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw new InvalidInputException(
                $"{where}: '{text}' is no number. Write one sample on each line, such as 0,0,5.5,13, without a heading."
            );
}
