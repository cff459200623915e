using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Names of a file as names of a graph.</summary>
internal static class KerasNames
{
    /// <summary>The name, or another where it is none that a graph can have.</summary>
    public static string Of(string name, string otherwise) =>
        name.Length is > 0 and <= GraphValidation.MaximumNameLength
        && !name.EnumerateRunes().Any(r => r == Rune.ReplacementChar || Rune.IsControl(r))
            ? name
            : otherwise;
}
