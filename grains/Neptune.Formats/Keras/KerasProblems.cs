namespace Neptune.Formats;

/// <summary>The layers that cannot be imported, for one error that lists all of them.</summary>
/// <param name="file">What the error calls the file.</param>
internal sealed class KerasProblems(string file)
{
    private const int MostNames = 10;

    private readonly SortedDictionary<string, SortedSet<string>> _layers = new(StringComparer.Ordinal);

    /// <summary>Adds a layer and why.</summary>
    public void Add(KerasLayer layer, string reason)
    {
        var key = $"{layer.Class}\n{reason}";
        if (!_layers.TryGetValue(key, out var names))
        {
            _layers.Add(key, names = new(StringComparer.Ordinal));
        }
        names.Add(layer.Name);
    }

    /// <summary>Throws where there are any.</summary>
    /// <exception cref="UnsupportedOperatorsException">It lists them.</exception>
    public void Require()
    {
        if (_layers.Count > 0)
        {
            throw ToException();
        }
    }

    /// <summary>The error.</summary>
    public UnsupportedOperatorsException ToException() => new(file, [.. _layers.Select(p => Line(p.Key, p.Value))]);

    private static string Line(string key, SortedSet<string> layers)
    {
        var parts = key.Split('\n', 2);
        var names =
            string.Join(", ", layers.Take(MostNames))
            + (layers.Count > MostNames ? $" and {layers.Count - MostNames} more" : "");
        return $"{parts[0]} (in {names}): {parts[1]}";
    }
}
