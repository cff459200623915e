using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>What was removed.</summary>
/// <param name="Checkpoints">From the list, with their manifests.</param>
/// <param name="Pieces">How many pieces.</param>
/// <param name="Unreadable">
/// Checkpoints, removed or not, whose manifest is damaged: pieces that only they name stay.
/// </param>
internal sealed record RemovedCheckpoints(
    IReadOnlyList<CheckpointEntry> Checkpoints,
    int Pieces,
    IReadOnlyList<CheckpointDamagedException> Unreadable
);
