namespace Neptune.Worker;

/// <summary>Why a rank's loop has ended; equal on all ranks.</summary>
internal enum LoopEnd
{
    /// <summary>The last epoch is closed.</summary>
    Finished,

    /// <summary>The job's owner asked for it.</summary>
    Stopped,

    /// <summary>The membership changes: the ranks agree on the next one.</summary>
    Yielded,

    /// <summary>The membership changes: all ranks are ready for the next one, which is set.</summary>
    Switched,

    /// <summary>A check has failed: what was trained last may be wrong, and the step is not committed.</summary>
    Doubtful,
}
