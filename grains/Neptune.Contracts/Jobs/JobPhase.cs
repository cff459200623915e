namespace Neptune.Contracts;

/// <summary>Where a job is in its life.</summary>
public enum JobPhase
{
    /// <summary>Nobody has submitted it.</summary>
    None,

    /// <summary>It waits for nodes.</summary>
    Queued,

    /// <summary>Its nodes load graph and data.</summary>
    Starting,

    /// <summary>It trains.</summary>
    Running,

    /// <summary>It stopped before its end, and can go on from its last checkpoint.</summary>
    Paused,

    /// <summary>It ends at the next step boundary.</summary>
    Cancelling,

    /// <summary>It trained to its end; its package is in the registry.</summary>
    Succeeded,

    /// <summary>It ended by an error; its last good package is kept.</summary>
    Failed,

    /// <summary>It was ended by its owner; what was reached is kept.</summary>
    Cancelled,
}
