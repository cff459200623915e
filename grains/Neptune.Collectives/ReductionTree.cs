namespace Neptune.Collectives;

/// <summary>
/// The fixed binary tree over S shards along which sums are added. Its shape depends on S alone, never on the ranks,
/// so whoever adds along it gets the same bits.
/// </summary>
public static class ReductionTree
{
    /// <summary>The whole tree, <c>[0, shards)</c>.</summary>
    public static TreeNode Root(int shards)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        return new TreeNode(0, shards);
    }

    /// <summary>True where the range is a node of the tree over <paramref name="shards"/> shards.</summary>
    public static bool Contains(int shards, TreeNode node)
    {
        if (node.Low < 0 || node.High > shards || node.Low >= node.High)
            return false;
        var at = Root(shards);
        while (at.Count > node.Count)
            at = ChildTowards(at, node.Low);
        return at == node;
    }

    /// <summary>The children of a node; none for a leaf.</summary>
    public static (TreeNode Left, TreeNode Right)? Children(TreeNode node) =>
        node.Count > 1 ? (new TreeNode(node.Low, node.Middle), new TreeNode(node.Middle, node.High)) : null;

    /// <summary>The parent of a node; none for the root.</summary>
    /// <exception cref="ArgumentException">The tree has no such node.</exception>
    public static TreeNode? Parent(int shards, TreeNode node)
    {
        if (!Contains(shards, node))
            throw new ArgumentException($"{node} is no node of the tree over {shards} shards.", nameof(node));
        TreeNode? parent = null;
        for (var at = Root(shards); at != node; at = ChildTowards(at, node.Low))
            parent = at;
        return parent;
    }

    /// <summary>
    /// The largest nodes that together cover <c>[low, high)</c>, in order: at most 2·log2(shards), none for an empty
    /// range. Their sums are what a rank that owns the range brings to an all-reduce.
    /// </summary>
    public static IReadOnlyList<TreeNode> MaximalSubtrees(int shards, int low, int high)
    {
        CheckRange(shards, low, high);
        var nodes = new List<TreeNode>();
        Cover(Root(shards));
        return nodes;

        void Cover(TreeNode at)
        {
            if (at.High <= low || at.Low >= high)
                return;
            if (at.Low >= low && at.High <= high)
            {
                nodes.Add(at);
                return;
            }
            Cover(new TreeNode(at.Low, at.Middle));
            Cover(new TreeNode(at.Middle, at.High));
        }
    }

    /// <summary>
    /// How many nodes of more than one shard lie within <c>[low, shard]</c> and end with <paramref name="shard"/>:
    /// the additions that become possible once its sum is there.
    /// </summary>
    internal static int NodesEndingWith(int shards, int low, int shard)
    {
        var count = 0;
        for (var at = Root(shards); at.Count > 1; at = ChildTowards(at, shard))
        {
            if (at.Low >= low && at.High == shard + 1)
                count++;
        }
        return count;
    }

    internal static void CheckRange(int shards, int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        if (low < 0 || high < low || high > shards)
            throw new ArgumentException($"[{low},{high}) is no range of {shards} shards.", nameof(high));
    }

    private static TreeNode ChildTowards(TreeNode at, int shard) =>
        shard < at.Middle ? new TreeNode(at.Low, at.Middle) : new TreeNode(at.Middle, at.High);
}
