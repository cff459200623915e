namespace Neptune.Contracts;

/// <summary>A version of a data set, and which of its splits: <c>digits@1:train</c>.</summary>
/// <param name="Name">The data set.</param>
/// <param name="Version">Its version, from 1; 0 is the latest.</param>
/// <param name="Split">The split, such as <c>train</c> or <c>test</c>.</param>
[GenerateSerializer, Immutable, Alias("neptune.dataset-ref")]
public sealed record DatasetRef(
    [property: Id(0)] DatasetName Name,
    [property: Id(1)] int Version,
    [property: Id(2)] string Split
)
{
    /// <summary>Reads <c>name[@version][:split]</c>; the version is the latest and the split is train where left out.</summary>
    /// <exception cref="ArgumentException">The text has another form.</exception>
    public static DatasetRef Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var split = colon < 0 ? "train" : text[(colon + 1)..];
        var head = colon < 0 ? text : text[..colon];
        var at = head.IndexOf('@', StringComparison.Ordinal);
        var version = 0;
        if (split.Length == 0 || (at >= 0 && (!int.TryParse(head[(at + 1)..], out version) || version < 1)))
        {
            throw new ArgumentException($"'{text}' is no data set: write NAME, NAME@VERSION or NAME@VERSION:SPLIT.");
        }
        return new(new(at < 0 ? head : head[..at]), version, split);
    }

    /// <summary>The same data set's split of another name.</summary>
    public DatasetRef WithSplit(string split) => this with { Split = split };

    /// <summary>For example <c>digits@1:train</c>.</summary>
    public override string ToString() => Version == 0 ? $"{Name}:{Split}" : $"{Name}@{Version}:{Split}";
}
