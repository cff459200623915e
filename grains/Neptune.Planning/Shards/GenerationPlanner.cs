using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>Cuts a job's shards into contiguous ranges, one a node. The cut never changes a result's bits.</summary>
public static class GenerationPlanner
{
    /// <summary>
    /// A membership of the given nodes in order: rank r of W computes the shards [r S / W, (r+1) S / W), so ranges differ
    /// by at most one, and are empty for some ranks where there are more nodes than shards.
    /// </summary>
    public static Generation Plan(JobId job, int number, int shards, ImmutableArray<GrantedNode> nodes, string token)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shards);
        ArgumentOutOfRangeException.ThrowIfZero(nodes.Length);
        return new()
        {
            Job = job,
            Number = number,
            Token = token,
            Ranks =
            [
                .. nodes.Select(
                    (node, rank) => new RankPlacement(rank, node.Node, RangeOf(rank, nodes.Length, shards), node.Link)
                ),
            ],
        };
    }

    private static ShardRange RangeOf(int rank, int worldSize, int shards) =>
        new((int)((long)shards * rank / worldSize), (int)((long)shards * (rank + 1) / worldSize));
}
