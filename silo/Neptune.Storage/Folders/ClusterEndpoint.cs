namespace Neptune.Storage;

/// <summary>Where the cluster that owns a data folder answers: the content of its <c>cluster.json</c>.</summary>
public sealed record ClusterEndpoint
{
    /// <summary>Orleans' cluster id.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Orleans' service id.</summary>
    public required string ServiceId { get; init; }

    /// <summary>The gateways for clients: <c>127.0.0.1:30000</c>.</summary>
    public required IReadOnlyList<string> Gateways { get; init; }

    /// <summary>The owner's process id.</summary>
    public required int ProcessId { get; init; }
}
