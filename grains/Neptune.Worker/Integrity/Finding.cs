namespace Neptune.Worker;

/// <summary>What a step's checks have found; equal on all ranks.</summary>
internal enum Finding
{
    /// <summary>All is as it must be.</summary>
    None,

    /// <summary>The replicas are not equal.</summary>
    ReplicasDiffer,

    /// <summary>A shard's gradient is not what another rank makes of it.</summary>
    GradientsDiffer,
}
