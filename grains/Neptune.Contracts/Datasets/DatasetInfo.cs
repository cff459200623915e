using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>A version of a data set: what its manifest says.</summary>
[GenerateSerializer, Immutable, Alias("neptune.dataset-info")]
public sealed record DatasetInfo
{
    /// <summary>The name.</summary>
    [Id(0)]
    public required DatasetName Name { get; init; }

    /// <summary>The version, from 1.</summary>
    [Id(1)]
    public required int Version { get; init; }

    /// <summary>The SHA-256 of the manifest, in hex: the data's identity.</summary>
    [Id(2)]
    public required string Sha256 { get; init; }

    /// <summary>One sample's shape without the batch, such as 28, 28, 1.</summary>
    [Id(3)]
    public required ImmutableArray<long> FeatureShape { get; init; }

    /// <summary>Raw features are multiplied by this.</summary>
    [Id(4)]
    public float Scale { get; init; } = 1;

    /// <summary>The names of the classes in order; empty where targets are values.</summary>
    [Id(5)]
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Samples by split.</summary>
    [Id(6)]
    public required ImmutableDictionary<string, long> Splits { get; init; }

    /// <summary>Where it comes from, and its licence.</summary>
    [Id(7)]
    public string Provenance { get; init; } = "";

    /// <summary>Files that were left out, with the reason.</summary>
    [Id(8)]
    public ImmutableArray<string> Skipped { get; init; } = [];
}
