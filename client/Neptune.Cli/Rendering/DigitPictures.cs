using System.Text;
using Spectre.Console;

namespace Neptune.Cli;

/// <summary>
/// Draws grey pictures side by side: in a terminal with half blocks, two pixels to a cell; elsewhere with shades of ASCII, two
/// characters to a pixel so that pictures keep their proportions.
/// </summary>
internal static class DigitPictures
{
    private const string Shades = " .:-=+*#%@";
    private const string Gap = "   ";

    /// <summary>One picture: rows of pixels in 0..1, and lines to write below it.</summary>
    public sealed record Picture(float[] Pixels, int Height, int Width, params IReadOnlyList<string> Lines);

    /// <summary>Writes the pictures, as many in a row as fit.</summary>
    public static void Write(Output output, IReadOnlyList<Picture> pictures)
    {
        var cellWidth = Math.Max(pictures.Max(p => p.Width) * (output.IsRich ? 1 : 2), 14);
        var width = output.IsRich ? output.Words.Profile.Width : 100;
        var perRow = Math.Clamp((width + Gap.Length) / (cellWidth + Gap.Length), 1, 5);
        foreach (var row in pictures.Chunk(perRow))
        {
            WriteRow(output, row, cellWidth);
            output.Line();
        }
    }

    private static void WriteRow(Output output, Picture[] row, int cellWidth)
    {
        var step = output.IsRich ? 2 : 1;
        for (var y = 0; y < row.Max(p => p.Height); y += step)
        {
            var line = new StringBuilder();
            foreach (var picture in row)
            {
                line.Append(output.IsRich ? HalfBlocks(picture, y) : AsciiShades(picture, y));
                line.Append(' ', cellWidth - (picture.Width * (output.IsRich ? 1 : 2))).Append(Gap);
            }
            output.Words.MarkupLine(line.ToString().TrimEnd());
        }
        for (var i = 0; i < row.Max(p => p.Lines.Count); i++)
        {
            output.Line(string.Concat(row.Select(p => p.Lines[i].PadRight(cellWidth) + Gap)).TrimEnd());
        }
    }

    private static string HalfBlocks(Picture picture, int y)
    {
        var line = new StringBuilder();
        for (var x = 0; x < picture.Width; x++)
        {
            var (upper, lower) = (Grey(picture, x, y), Grey(picture, x, y + 1));
            line.Append($"[rgb({upper},{upper},{upper}) on rgb({lower},{lower},{lower})]\u2580[/]");
        }
        return line.ToString();
    }

    private static string AsciiShades(Picture picture, int y)
    {
        var line = new StringBuilder();
        for (var x = 0; x < picture.Width; x++)
        {
            var shade = Shades[Grey(picture, x, y) * (Shades.Length - 1) / 255];
            line.Append(shade, 2);
        }
        return line.ToString();
    }

    private static int Grey(Picture picture, int x, int y) =>
        y < picture.Height ? (int)Math.Round(Math.Clamp(picture.Pixels[(y * picture.Width) + x], 0, 1) * 255) : 0;
}
