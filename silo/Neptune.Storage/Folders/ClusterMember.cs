namespace Neptune.Storage;

/// <summary>A silo of a cluster, as <c>cluster.json</c> names it.</summary>
public sealed record ClusterMember
{
    /// <summary>The silo's name, the first part of its nodes' names.</summary>
    public required string Name { get; init; }

    /// <summary>The machine that it runs on.</summary>
    public required string Host { get; init; }

    /// <summary>Its process on that machine.</summary>
    public required ProcessIdentity Process { get; init; }

    /// <summary>Where it answers clients: <c>127.0.0.1:30000</c>.</summary>
    public required string Gateway { get; init; }

    /// <summary>False where it is known that it has ended; of other machines nothing is known.</summary>
    internal bool MayLive => Host != Environment.MachineName || Process.IsAlive;
}
