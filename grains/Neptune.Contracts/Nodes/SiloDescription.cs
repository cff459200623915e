using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>What a silo announces of itself, at its start and again and again.</summary>
[GenerateSerializer, Immutable, Alias("neptune.silo-description")]
public sealed record SiloDescription
{
    /// <summary>Its name, the first part of its nodes' names; no two silos share one.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Its address in the cluster: another one at each start.</summary>
    [Id(1)]
    public required string Silo { get; init; }

    /// <summary>All its nodes.</summary>
    [Id(2)]
    public required ImmutableArray<NodeInfo> Nodes { get; init; }

    /// <summary>Where it takes links; null where it has none to offer: the only silo of its cluster.</summary>
    [Id(3)]
    public LinkEndpoint? Link { get; init; }

    /// <summary>Equal for silos that share one folder of artifacts.</summary>
    [Id(4)]
    public string ArtifactFolder { get; init; } = "";
}
