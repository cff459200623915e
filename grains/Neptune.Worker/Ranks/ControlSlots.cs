namespace Neptune.Worker;

/// <summary>
/// The places of the exchanged vector's control numbers. They are summed with the gradients, so that after the reduction
/// all ranks know the same: no other message is needed to stop at one step, or to find out who differs.
/// </summary>
internal static class ControlSlots
{
    /// <summary>Above zero where a rank was asked to stop.</summary>
    public const int Stop = 0;

    /// <summary>The number of shards whose loss is not finite.</summary>
    public const int NonFinite = 1;

    /// <summary>Above zero where a change of membership is wished for: all ranks leave the generation after this step.</summary>
    public const int Yield = 2;

    /// <summary>The shards that all ranks compute in a second.</summary>
    public const int Speed = 3;

    /// <summary>The number of ranks whose speed is in <see cref="Speed"/>.</summary>
    public const int Measured = 4;

    /// <summary>How far the next generation is prepared: a <see cref="PreparationStage"/>, from the one rank that watches.</summary>
    public const int Stage = 5;

    /// <summary>The number of ranks that are ready for the next generation.</summary>
    public const int Ready = 6;

    /// <summary>Where the bits of the ranks' digests begin: each sum is 0, or the number of ranks, where all are equal.</summary>
    public const int Digest = 8;

    /// <summary>
    /// Where the bits of shards' gradients begin, with a plus by who owns the shard and a minus by who computed it again: each
    /// sum is 0 where all are equal.
    /// </summary>
    public const int Audit = Digest + Bits;

    /// <summary>The bits of a digest.</summary>
    public const int Bits = 32;
}
