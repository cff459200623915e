using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>
/// A checkpoint cannot be used: a file of it is missing, torn or altered. The message names checkpoint and file.
/// </summary>
internal sealed class CheckpointDamagedException(
    CheckpointEntry checkpoint,
    string what,
    bool isLasting,
    Exception? inner = null
) : Exception($"The checkpoint of {checkpoint.Version} (manifest {checkpoint.Artifact}) cannot be used: {what}.", inner)
{
    /// <summary>The checkpoint.</summary>
    public CheckpointEntry Checkpoint { get; } = checkpoint;

    /// <summary>False where the file may be readable at another time: its store did not answer.</summary>
    public bool IsLasting { get; } = isLasting;
}
