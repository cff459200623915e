namespace Neptune.Simulator;

/// <summary>How a rank learnt that its group has ended, as Neptune.Collectives tells it.</summary>
internal enum GroupFailureKind
{
    /// <summary>Another rank said so.</summary>
    Told,

    /// <summary>The link to a rank closed.</summary>
    LinkLost,

    /// <summary>A rank moved no byte in time.</summary>
    Stalled,

    /// <summary>A rank could not be reached in time.</summary>
    Unreachable,
}

/// <summary>Why a group ended for a rank.</summary>
/// <param name="Kind">How it was learnt.</param>
/// <param name="Rank">The rank that was seen to fail; null where another one told.</param>
internal sealed record GroupFailure(GroupFailureKind Kind, int? Rank);
