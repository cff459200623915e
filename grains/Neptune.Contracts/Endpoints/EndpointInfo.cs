using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>A deployment.</summary>
[GenerateSerializer, Immutable, Alias("neptune.endpoint-info")]
public sealed record EndpointInfo
{
    /// <summary>The name it answers by.</summary>
    [Id(0)]
    public required EndpointName Name { get; init; }

    /// <summary>What answers.</summary>
    [Id(1)]
    public required PackageRef Package { get; init; }

    /// <summary>The nodes of its replicas.</summary>
    [Id(2)]
    public required ImmutableArray<NodeId> Replicas { get; init; }

    /// <summary>When it was deployed.</summary>
    [Id(3)]
    public DateTimeOffset DeployedAt { get; init; }
}
