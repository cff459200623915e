namespace Neptune.Benchmarks;

/// <summary>How processes that train side by side depend on each other.</summary>
internal enum NodesForm
{
    /// <summary>Each trains for itself.</summary>
    Independent,

    /// <summary>Each trains for itself, and begins a step when all have ended the one before.</summary>
    InLockstep,

    /// <summary>They train one model.</summary>
    OneJob,
}
