namespace Neptune.Worker;

/// <summary>Why a rank's loop has ended; equal on all ranks.</summary>
internal enum LoopEnd
{
    /// <summary>The last epoch is closed.</summary>
    Finished,

    /// <summary>The job's owner asked for it.</summary>
    Stopped,

    /// <summary>The membership changes.</summary>
    Yielded,

    /// <summary>A check has failed: what was trained last may be wrong, and the step is not committed.</summary>
    Doubtful,
}
