namespace Neptune.Collectives;

/// <summary>The finished sum of one tree node's shards: what a rank brings to an all-reduce.</summary>
/// <param name="Node">Whose sum it is.</param>
/// <param name="Values">The sum, as long as the exchanged vector.</param>
public readonly record struct PartialSum(TreeNode Node, Memory<float> Values);
