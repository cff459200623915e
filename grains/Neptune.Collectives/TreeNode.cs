namespace Neptune.Collectives;

/// <summary>
/// A node of the fixed binary tree over S shards, named by the shards below it: <c>[Low, High)</c>. The root is
/// <c>[0, S)</c>; a node of more than one shard has the children <c>[Low, Middle)</c> and <c>[Middle, High)</c>.
/// </summary>
public readonly record struct TreeNode(int Low, int High)
{
    /// <summary>The number of shards below.</summary>
    public int Count => High - Low;

    /// <summary>Where the children meet.</summary>
    public int Middle => Low + ((High - Low) / 2);

    /// <summary>For example <c>[0,4)</c>.</summary>
    public override string ToString() => $"[{Low},{High})";
}
