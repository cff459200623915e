namespace Neptune.Formats;

/// <summary>Names of values and operations, each given once.</summary>
/// <param name="reserved">Names of outputs, which nothing else may have.</param>
internal sealed class CaffeNames(IEnumerable<string> reserved)
{
    private readonly HashSet<string> _values = new(reserved, StringComparer.Ordinal);
    private readonly HashSet<string> _operations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>A name for a value: this one, where it is free.</summary>
    public string Value(string stem) => Free(stem, _values);

    /// <summary>A name for an operation: this one, where it is free.</summary>
    public string Operation(string stem) => Free(stem, _operations);

    // Numbers go on from where they were: many layers of one name must not take quadratic time.
    private string Free(string stem, HashSet<string> taken)
    {
        var candidate = OnnxNames.Of(stem, "layer");
        stem = candidate;
        while (!taken.Add(candidate))
        {
            var number = _next.GetValueOrDefault(stem) + 1;
            _next[stem] = number;
            candidate = $"{stem}_{number}";
        }
        return candidate;
    }
}
