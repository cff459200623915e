using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>What of a job's checkpoints can be used.</summary>
/// <param name="Entry">The newest that is whole; null where none is.</param>
/// <param name="Manifest">Its manifest; null where none is whole.</param>
/// <param name="Skipped">Newer ones, and why they cannot be used, newest first.</param>
internal sealed record NewestCheckpoint(
    CheckpointEntry? Entry,
    CheckpointManifest? Manifest,
    IReadOnlyList<CheckpointDamagedException> Skipped
);
