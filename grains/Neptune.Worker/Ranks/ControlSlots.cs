namespace Neptune.Worker;

/// <summary>
/// The places of the exchanged vector's control numbers. They are summed with the gradients, so that after the reduction
/// all ranks know the same: no other message is needed to stop at one step.
/// </summary>
internal static class ControlSlots
{
    /// <summary>Above zero where a rank was asked to stop.</summary>
    public const int Stop = 0;

    /// <summary>Above zero where a change of membership is wished for: all ranks leave the generation after this step.</summary>
    public const int Yield = 2;

    /// <summary>The number of shards whose loss is not finite.</summary>
    public const int NonFinite = 1;
}
