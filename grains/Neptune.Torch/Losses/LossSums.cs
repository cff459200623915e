namespace Neptune.Torch;

/// <summary>Sums over a shard's samples.</summary>
internal readonly record struct LossSums(double Loss, long Count, long Correct);
