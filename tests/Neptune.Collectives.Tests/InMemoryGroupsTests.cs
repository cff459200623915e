namespace Neptune.Collectives.Tests;

public class InMemoryGroupsTests
{
    [Fact]
    public void Given_ranks_of_several_jobs_when_they_join_then_each_job_adds_its_own()
    {
        var groups = new InMemoryGroups();
        Ranks.RunAll(
            6,
            thread =>
            {
                var (job, rank) = (thread / 3, thread % 3);
                using var collective = groups.Join($"job-{job}", 1, rank, 3);
                float[] values = [job + 1];
                var node = ReductionTree.MaximalSubtrees(3, rank, rank + 1)[0];
                collective.AllReduce(3, [new PartialSum(node, values)], values, CancellationToken.None);
                Assert.Equal(3 * (job + 1), values[0]);
            }
        );
        Assert.Equal(0, groups.Count);
    }

    [Fact]
    public void Given_a_rank_that_never_came_when_the_next_generation_begins_then_the_old_group_is_dropped()
    {
        var groups = new InMemoryGroups();
        groups.Join("job", 1, 0, 2).Dispose();
        Assert.Equal(1, groups.Count);
        using var next = groups.Join("job", 2, 0, 1);
        Assert.Equal(1, groups.Count);
    }

    [Fact]
    public void Given_a_group_when_a_rank_joins_with_another_world_size_then_it_is_refused()
    {
        var groups = new InMemoryGroups();
        using var first = groups.Join("job", 1, 0, 2);
        var error = Assert.Throws<InvalidOperationException>(() => groups.Join("job", 1, 1, 3));
        Assert.Contains("world size of 3, but the group has 2", error.Message, StringComparison.Ordinal);
    }
}
