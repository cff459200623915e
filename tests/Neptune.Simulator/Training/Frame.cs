using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>What ranks exchange.</summary>
internal enum FrameKind
{
    /// <summary>Opens a link, and proves the token.</summary>
    Hello,

    /// <summary>The links are open, and who has no state has rehearsed to fetch it, while the generation before trains.</summary>
    Rehearsed,

    /// <summary>A digest of who has the state: those that trained until now have gone over.</summary>
    Arrive,

    /// <summary>A digest, when the ranks of a generation meet.</summary>
    Meet,

    /// <summary>A step's partial sums.</summary>
    Step,

    /// <summary>An epoch's sums of validation.</summary>
    Epoch,

    /// <summary>The last meeting: the package is written.</summary>
    Close,

    /// <summary>The sender gives up, and the group ends.</summary>
    Abort,

    /// <summary>The sender's end is closed.</summary>
    Closed,
}

/// <summary>A frame of a link.</summary>
/// <param name="Generation">The sender's generation: number and token are the fence.</param>
/// <param name="Rank">The sender.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Version">What the sender's replica contained; nothing while ranks meet, for they compare it.</param>
/// <param name="Digest">A hash of it, where replicas are compared.</param>
/// <param name="Range">Whose partial sums it brings.</param>
/// <param name="Sum">The sums.</param>
/// <param name="Stops">The owner has ended the job.</param>
/// <param name="Yields">A change of membership is wished for.</param>
/// <param name="Stage">How far the next generation is prepared, from the rank that watches.</param>
/// <param name="IsReady">The sender can go over to it.</param>
internal sealed record Frame(
    Generation Generation,
    int Rank,
    FrameKind Kind,
    TrainingVersion Version = default,
    ulong Digest = 0,
    ShardRange Range = default,
    ulong Sum = 0,
    bool Stops = false,
    bool Yields = false,
    PreparationStage Stage = PreparationStage.None,
    bool IsReady = false
);
