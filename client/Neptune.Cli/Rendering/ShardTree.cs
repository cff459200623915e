using System.Collections.Immutable;
using Neptune.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Neptune.Cli;

/// <summary>Draws how ShardGrains divided a job's shards and ranks, down to the nodes.</summary>
internal static class ShardTree
{
    public static IRenderable Draw(JobSnapshot job, bool rich)
    {
        var ranks = job.Ranks.Sort((a, b) => a.Rank.CompareTo(b.Rank));
        var tree = new Tree(Label(ranks, 0, ranks.Length)) { Guide = rich ? TreeGuide.Line : TreeGuide.Ascii };
        AddChildren(tree, ranks, 0, ranks.Length);
        return tree;
    }

    private static void AddChildren(IHasTreeNodes parent, ImmutableArray<RankPlacement> ranks, int first, int count)
    {
        if (count == 1)
        {
            return;
        }
        var (left, right) = RankHalving.Split(first, count);
        foreach (var part in new[] { left, right })
        {
            AddChildren(parent.AddNode(Label(ranks, part.First, part.Count)), ranks, part.First, part.Count);
        }
    }

    private static Text Label(ImmutableArray<RankPlacement> ranks, int first, int count)
    {
        var range = new ShardRange(ranks[first].Range.Low, ranks[first + count - 1].Range.High);
        return count == 1
            ? new($"shards {range} on node {ranks[first].Node} (rank {ranks[first].Rank})")
            : new($"ShardGrain: shards {range} on {count} nodes");
    }
}
