namespace Neptune.Torch;

/// <summary>What a pass over one shard gave, besides its gradient.</summary>
/// <param name="LossSum">The loss in its unit, summed over the counted samples.</param>
/// <param name="Count">The samples that count for the loss: all but those of an ignored class.</param>
/// <param name="Correct">How many of them were classified right; 0 for losses without classes.</param>
/// <param name="NonFiniteParameter">
/// Where the loss is not a finite number: the first parameter whose gradient is not finite either, else the first whose
/// weights are not, else an empty text. Null where the loss is finite.
/// </param>
public readonly record struct ShardOutcome(double LossSum, long Count, long Correct, string? NonFiniteParameter);
