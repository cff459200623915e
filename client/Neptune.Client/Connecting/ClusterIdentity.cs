namespace Neptune.Client;

/// <summary>The names by which silos and clients of one cluster know each other.</summary>
public static class ClusterIdentity
{
    /// <summary>The cluster's id in Orleans.</summary>
    public const string ClusterId = "neptune";

    /// <summary>The service's id in Orleans: state is found by it.</summary>
    public const string ServiceId = "neptune";
}
