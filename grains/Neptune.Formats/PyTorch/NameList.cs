namespace Neptune.Formats;

/// <summary>Lists names in messages: a file may hold very many.</summary>
internal static class NameList
{
    private const int Most = 40;

    /// <summary>The first names, and how many more there are.</summary>
    public static string Of(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(Most)) + (names.Count > Most ? $" and {names.Count - Most} more" : "");
}
