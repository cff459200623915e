using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What an import may be told beside its file.</summary>
public sealed record ImportOptions
{
    /// <summary>The graph's name; null takes the file's.</summary>
    public string? Name { get; init; }

    /// <summary>The graph whose parameters a file of mere weights fills; a file with a graph of its own needs none.</summary>
    public Graph? Onto { get; init; }
}
