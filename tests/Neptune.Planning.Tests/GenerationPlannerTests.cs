using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

public sealed class GenerationPlannerTests
{
    private static readonly Gen<(int Shards, int Nodes)> Sizes = Gen.Select(Gen.Int[1, 65536], Gen.Int[1, 300]);

    [Fact]
    public void Given_any_sizes_when_planned_then_the_ranges_cover_all_shards_once_and_in_order() =>
        Sizes.Sample(s =>
        {
            var end = 0;
            foreach (var rank in Plan(s.Shards, s.Nodes).Ranks)
            {
                Assert.Equal(end, rank.Range.Low);
                Assert.True(rank.Range.High >= rank.Range.Low);
                end = rank.Range.High;
            }
            Assert.Equal(s.Shards, end);
        });

    [Fact]
    public void Given_any_sizes_when_planned_then_ranges_differ_by_at_most_one_shard() =>
        Sizes.Sample(s =>
        {
            var counts = Plan(s.Shards, s.Nodes).Ranks.Select(r => r.Range.Count).ToArray();
            Assert.InRange(counts.Max() - counts.Min(), 0, 1);
        });

    [Fact]
    public void Given_any_sizes_when_planned_then_ranks_follow_the_nodes_order() =>
        Sizes.Sample(s =>
        {
            var ranks = Plan(s.Shards, s.Nodes).Ranks;
            Assert.Equal(Enumerable.Range(0, s.Nodes), ranks.Select(r => r.Rank));
            Assert.Equal(Samples.Nodes(s.Nodes), ranks.Select(r => r.Node));
        });

    [Fact]
    public void Given_more_nodes_than_shards_when_planned_then_each_shard_has_one_node_and_the_rest_have_none()
    {
        var counts = Plan(shards: 3, nodes: 8).Ranks.Select(r => r.Range.Count).ToArray();
        Assert.Equal(3, counts.Count(c => c == 1));
        Assert.Equal(5, counts.Count(c => c == 0));
    }

    [Fact]
    public void Given_the_same_facts_when_planned_twice_then_the_plans_are_equal()
    {
        var (one, other) = (Plan(7, 3), Plan(7, 3));
        Assert.Equal(one.Ranks.AsEnumerable(), other.Ranks.AsEnumerable());
        Assert.Equal((one.Job, one.Number, one.Token), (other.Job, other.Number, other.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Given_no_shards_when_planned_then_it_is_refused(int shards) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Plan(shards, 1));

    [Fact]
    public void Given_no_nodes_when_planned_then_it_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Plan(4, 0));

    [Fact]
    public void Given_any_ranks_when_halved_down_to_one_then_each_rank_is_reached_once_and_in_order() =>
        Gen.Int[1, 1000].Sample(count => Assert.Equal(Enumerable.Range(5, count), Leaves(5, count)));

    [Fact]
    public void Given_any_ranks_when_halved_then_the_halves_differ_by_at_most_one_and_the_first_is_not_smaller() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[2, 1000])
            .Sample(
                (first, count) =>
                {
                    var (left, right) = RankHalving.Split(first, count);
                    Assert.Equal((first, count), (left.First, left.Count + right.Count));
                    Assert.Equal(left.First + left.Count, right.First);
                    Assert.InRange(left.Count - right.Count, 0, 1);
                }
            );

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Given_fewer_than_two_ranks_when_halved_then_it_is_refused(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RankHalving.Split(0, count));

    private static IEnumerable<int> Leaves(int first, int count)
    {
        if (count == 1)
        {
            return [first];
        }
        var (left, right) = RankHalving.Split(first, count);
        return Leaves(left.First, left.Count).Concat(Leaves(right.First, right.Count));
    }

    private static Generation Plan(int shards, int nodes) =>
        GenerationPlanner.Plan(Samples.Job, 1, shards, Samples.Granted(nodes), Samples.Token);
}
