namespace Neptune.Collectives.Tests;

public class ReductionTreeTests
{
    private static readonly Gen<(int Shards, int Low, int High)> Ranges =
        from shards in Gen.Int[1, 300]
        from a in Gen.Int[0, shards]
        from b in Gen.Int[0, shards]
        select (shards, Math.Min(a, b), Math.Max(a, b));

    [Fact]
    public void Given_any_range_when_covered_then_the_nodes_tile_it_and_are_maximal() =>
        Ranges.Sample(range =>
        {
            var nodes = ReductionTree.MaximalSubtrees(range.Shards, range.Low, range.High);
            var next = range.Low;
            foreach (var node in nodes)
            {
                Assert.Equal(next, node.Low);
                Assert.True(ReductionTree.Contains(range.Shards, node));
                if (ReductionTree.Parent(range.Shards, node) is { } parent)
                    Assert.False(parent.Low >= range.Low && parent.High <= range.High, "The parent fits, too.");
                next = node.High;
            }
            Assert.Equal(range.High, next);
            Assert.True(nodes.Count <= Math.Max(1, 2 * Math.Ceiling(Math.Log2(range.Shards))));
        });

    [Fact]
    public void Given_a_tree_when_walked_then_parents_and_children_agree()
    {
        var stack = new Stack<TreeNode>([ReductionTree.Root(37)]);
        var leaves = 0;
        while (stack.TryPop(out var node))
        {
            if (ReductionTree.Children(node) is not { } children)
            {
                leaves++;
                continue;
            }
            Assert.Equal(node, ReductionTree.Parent(37, children.Left));
            Assert.Equal(node, ReductionTree.Parent(37, children.Right));
            stack.Push(children.Left);
            stack.Push(children.Right);
        }
        Assert.Equal(37, leaves);
        Assert.Null(ReductionTree.Parent(37, ReductionTree.Root(37)));
    }

    [Theory]
    [InlineData(8, 1, 3)]
    [InlineData(8, 4, 9)]
    [InlineData(8, -1, 1)]
    [InlineData(8, 3, 3)]
    [InlineData(5, 0, 3)]
    public void Given_a_range_that_is_no_node_when_asked_then_the_tree_does_not_contain_it(
        int shards,
        int low,
        int high
    )
    {
        Assert.False(ReductionTree.Contains(shards, new TreeNode(low, high)));
        Assert.Throws<ArgumentException>(() => ReductionTree.Parent(shards, new TreeNode(low, high)));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(4, -1, 2)]
    [InlineData(4, 3, 2)]
    [InlineData(4, 0, 5)]
    public void Given_a_wrong_range_when_covered_then_it_is_refused(int shards, int low, int high) =>
        Assert.ThrowsAny<ArgumentException>(() => ReductionTree.MaximalSubtrees(shards, low, high));
}
