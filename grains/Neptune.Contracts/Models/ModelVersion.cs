using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>A version in the registry.</summary>
[GenerateSerializer, Immutable, Alias("neptune.model-version")]
public sealed record ModelVersion
{
    /// <summary>The package.</summary>
    [Id(0)]
    public required PackageRef Package { get; init; }

    /// <summary>The job that made it; null where it was imported.</summary>
    [Id(1)]
    public JobId? Job { get; init; }

    /// <summary>The data it was trained on, as name@version:split.</summary>
    [Id(2)]
    public string Dataset { get; init; } = "";

    /// <summary>What its last epoch reached.</summary>
    [Id(3)]
    public EpochReport? Metrics { get; init; }

    /// <summary>When it was registered.</summary>
    [Id(4)]
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Names that point at it, such as <c>latest</c> and <c>champion</c>.</summary>
    [Id(5)]
    public ImmutableArray<string> Aliases { get; init; } = [];
}
