namespace Neptune.Collectives;

/// <summary>Which partial sums the ranks of a group bring, and the additions that make one sum of them. Pure.</summary>
internal sealed class ExchangeLayout
{
    private readonly int[] _first;

    /// <param name="shards">S.</param>
    /// <param name="ends">Where each rank's shard range ends; the first begins at 0.</param>
    public ExchangeLayout(int shards, IReadOnlyList<int> ends)
    {
        Shards = shards;
        WorldSize = ends.Count;
        _first = new int[WorldSize + 1];
        var nodes = new List<TreeNode>();
        for (var rank = 0; rank < WorldSize; rank++)
        {
            _first[rank] = nodes.Count;
            nodes.AddRange(ReductionTree.MaximalSubtrees(shards, rank == 0 ? 0 : ends[rank - 1], ends[rank]));
        }
        _first[WorldSize] = nodes.Count;
        Nodes = [.. nodes];
        var additions = new List<(int, int)>();
        var cursor = 0;
        Add(ReductionTree.Root(shards));
        Additions = [.. additions];

        int Add(TreeNode node)
        {
            if (Nodes[cursor] == node)
                return cursor++;
            var left = Add(new TreeNode(node.Low, node.Middle));
            var right = Add(new TreeNode(node.Middle, node.High));
            additions.Add((left, right));
            return left;
        }
    }

    /// <summary>Each rank brings one leaf, so that ranks without shards take part.</summary>
    public static ExchangeLayout OfRanks(int worldSize) => new(worldSize, [.. Enumerable.Range(1, worldSize)]);

    public int Shards { get; }

    public int WorldSize { get; }

    /// <summary>All ranks' maximal subtrees, in the order of shards.</summary>
    public TreeNode[] Nodes { get; }

    /// <summary>In order: the sum of the right node's values is added to the left one's. The last leaves the root's sum.</summary>
    public (int Left, int Right)[] Additions { get; }

    /// <summary>Where a rank's nodes are among <see cref="Nodes"/>.</summary>
    public (int First, int Count) NodesOf(int rank) => (_first[rank], _first[rank + 1] - _first[rank]);

    /// <summary>Whose one of <see cref="Nodes"/> is.</summary>
    public int RankOf(int node) => Enumerable.Range(0, WorldSize).First(rank => node < _first[rank + 1]);
}
