namespace Neptune.Collectives;

/// <summary>What a frame carries.</summary>
internal enum FrameKind : byte
{
    /// <summary>Values of one tree node's partial sum, for who completes the sum.</summary>
    Partial = 1,

    /// <summary>Values of the root's sum, from who completed it.</summary>
    Sum = 2,

    /// <summary>The sender ends the group; the payload is the reason in UTF-8.</summary>
    Abort = 3,

    /// <summary>The sender has left the group in order.</summary>
    Leave = 4,
}
