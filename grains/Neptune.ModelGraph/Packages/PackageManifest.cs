using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>
/// What a package file says about itself before its graph and weights are read. It holds no times, so that equal packages
/// have equal bytes.
/// </summary>
public sealed record PackageManifest
{
    /// <summary>The version of the file format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>What the file holds.</summary>
    public required PackageKind Kind { get; init; }

    /// <summary>All other entries, in the order in which they stand.</summary>
    public required ImmutableArray<PackageEntry> Entries { get; init; }

    /// <summary>The SHA-256 of the weights (see <see cref="WeightsHash"/>), in lower-case hex.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Where the weights came from.</summary>
    public required Lineage Lineage { get; init; }

    /// <summary>Raw features are multiplied by this before they enter the graph.</summary>
    public required float InputScale { get; init; }

    /// <summary>The names of the classes in order.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>How far training got; null in an inference package.</summary>
    public TrainingPosition? Position { get; init; }

    /// <summary>What each epoch reached; empty in an inference package.</summary>
    public ImmutableArray<EpochMetrics> History { get; init; } = [];
}
