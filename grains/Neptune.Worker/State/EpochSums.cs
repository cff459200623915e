namespace Neptune.Worker;

/// <summary>Sums over an epoch's samples so far: equal on all ranks, as they come after the reduction.</summary>
internal readonly record struct EpochSums(double Loss, long Count, long Correct);
