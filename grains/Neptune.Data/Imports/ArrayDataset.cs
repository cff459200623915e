namespace Neptune.Data;

/// <summary>A data set in memory: float32 features with classes, or with target values.</summary>
public sealed record ArrayDataset
{
    /// <summary>What to call the data set.</summary>
    public required string Name { get; init; }

    /// <summary>The shape of one sample's features.</summary>
    public required IReadOnlyList<long> FeatureShape { get; init; }

    /// <summary>The splits, at least one, by distinct names.</summary>
    public required IReadOnlyList<ArraySplit> Splits { get; init; }

    /// <summary>The names of the classes; empty names them 0, 1, 2 and so on up to the highest that occurs.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The number of values in a target; 0 (the default) for classes.</summary>
    public int TargetWidth { get; init; }

    /// <summary>Where the data comes from.</summary>
    public Provenance Provenance { get; init; } = Provenance.Unknown;
}
