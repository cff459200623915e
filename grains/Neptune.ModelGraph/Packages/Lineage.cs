namespace Neptune.ModelGraph;

/// <summary>Where a package came from.</summary>
public sealed record Lineage
{
    /// <summary>The job that trained it; empty where none did.</summary>
    public string Job { get; init; } = "";

    /// <summary>The data set, as <c>name@version</c>.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>The SHA-256 of the data set's manifest, in hex.</summary>
    public string DatasetSha256 { get; init; } = "";

    /// <summary>The SHA-256 of the training graph's JSON, in hex.</summary>
    public string GraphSha256 { get; init; } = "";

    /// <summary>The seed of weights, shuffling and dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>What the bits of the weights depend on besides: device kind, threads, instruction set, libraries.</summary>
    public string NumericsFingerprint { get; init; } = "";

    /// <summary>The file of another framework that the first weights came from; null where there is none.</summary>
    public ModelOrigin? Origin { get; init; }
}
