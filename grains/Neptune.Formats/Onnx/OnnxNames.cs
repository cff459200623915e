using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Names that Neptune's graphs may have.</summary>
internal static class OnnxNames
{
    /// <summary>The name, where a graph may have it; else the other one.</summary>
    public static string Of(string name, string otherwise) =>
        name.Length is > 0 and <= GraphValidation.MaximumNameLength
        && !name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || Rune.IsControl(rune))
            ? name
            : otherwise;
}
