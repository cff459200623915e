namespace Neptune.Planning;

/// <summary>Where a silo keeps what its jobs need.</summary>
/// <param name="Artifacts">Data, packages, and the files of checkpoints.</param>
/// <param name="Memberships">Where memberships of jobs are decided.</param>
/// <param name="Checkpoints">Which checkpoints there are.</param>
public sealed record TrainingStores(
    IArtifactStore Artifacts,
    IMembershipStore Memberships,
    ICheckpointIndex Checkpoints
);
