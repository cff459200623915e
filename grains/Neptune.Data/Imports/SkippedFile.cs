namespace Neptune.Data;

/// <summary>A file that was left out of an import.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Reason">Why, and what would help.</param>
public sealed record SkippedFile(string Name, string Reason);
