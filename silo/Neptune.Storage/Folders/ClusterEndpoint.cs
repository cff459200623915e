namespace Neptune.Storage;

/// <summary>Where the cluster that uses a data folder answers: the content of its <c>cluster.json</c>.</summary>
public sealed record ClusterEndpoint
{
    /// <summary>Orleans' cluster id.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Orleans' service id.</summary>
    public required string ServiceId { get; init; }

    /// <summary>The gateways for clients: <c>127.0.0.1:30000</c>.</summary>
    public required IReadOnlyList<string> Gateways { get; init; }

    /// <summary>The process of the embedded cluster, or of the first silo.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Where the cluster keeps its state, without a password; null for the embedded cluster, which keeps it here.</summary>
    public string? Redis { get; init; }

    /// <summary>The cluster's silos that use this folder; none for the embedded cluster.</summary>
    public IReadOnlyList<ClusterMember> Silos { get; init; } = [];

    internal static ClusterEndpoint? Read(string folder) =>
        FolderFile.Read<ClusterEndpoint>(folder, FolderFile.Cluster);

    internal void Write(string folder) => FolderFile.Write(folder, FolderFile.Cluster, this);
}
