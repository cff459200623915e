namespace Neptune.Collectives;

/// <summary>How a rank learnt that its group has ended.</summary>
public enum CollectiveFailure
{
    /// <summary>Another rank said so, or this one gave up itself.</summary>
    Told,

    /// <summary>The link to a rank closed, or brought what is refused.</summary>
    LinkLost,

    /// <summary>A rank moved no byte in time.</summary>
    Stalled,

    /// <summary>A rank could not be reached in time when the group met.</summary>
    Unreachable,
}
