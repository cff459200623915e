using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>What to make a data set of. Files were uploaded as artifacts before.</summary>
[GenerateSerializer, Immutable, Alias("neptune.dataset-import")]
public sealed record DatasetImport
{
    /// <summary>How to read it: <c>digits</c>, <c>idx</c>, <c>images</c> or <c>arrays</c>.</summary>
    [Id(0)]
    public required string Format { get; init; }

    /// <summary>The uploaded files.</summary>
    [Id(1)]
    public ImmutableArray<UploadedFile> Files { get; init; } = [];

    /// <summary>Images are resized to this height in pixels.</summary>
    [Id(2)]
    public int Height { get; init; } = 28;

    /// <summary>Images are resized to this width in pixels.</summary>
    [Id(3)]
    public int Width { get; init; } = 28;

    /// <summary>1 for grey, 3 for colour.</summary>
    [Id(4)]
    public int Channels { get; init; } = 1;

    /// <summary>The shape of one sample of arrays.</summary>
    [Id(5)]
    public ImmutableArray<long> FeatureShape { get; init; } = [];

    /// <summary>The names of the classes of arrays; empty where targets are values.</summary>
    [Id(6)]
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The number of target values per sample of arrays; 0 for classes.</summary>
    [Id(7)]
    public int TargetWidth { get; init; }

    /// <summary>Where it comes from, and its licence.</summary>
    [Id(8)]
    public string Provenance { get; init; } = "";
}
