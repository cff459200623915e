using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>What came of writing a checkpoint: a manifest with its line for the job's list, or an error.</summary>
internal sealed record CheckpointOutcome
{
    /// <summary>For the job's list; null where it failed.</summary>
    public CheckpointEntry? Entry { get; init; }

    /// <summary>What was written; null where it failed.</summary>
    public CheckpointManifest? Manifest { get; init; }

    /// <summary>The pieces that were written, as the manifest before did not have them.</summary>
    public int PiecesWritten { get; init; }

    /// <summary>Why it failed, and nothing of it is left; the checkpoints before are as they were.</summary>
    public NeptuneException? Error { get; init; }
}
