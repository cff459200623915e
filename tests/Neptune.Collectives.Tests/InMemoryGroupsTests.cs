namespace Neptune.Collectives.Tests;

public class InMemoryGroupsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

    [Fact]
    public async Task Given_ranks_that_join_when_one_does_not_come_then_the_others_learn_which()
    {
        var groups = new InMemoryGroups();
        var patience = TimeSpan.FromSeconds(0.2);
        var others = new[] { 0, 2 }.Select(rank => groups.JoinAsync("job", 4, rank, 3, patience, Token)).ToArray();
        var error = await Assert.ThrowsAsync<CollectiveAbortedException>(() => Task.WhenAny(others).Unwrap());
        Assert.Equal((1, CollectiveFailure.Unreachable), (error.Rank, error.Failure));
        Assert.Equal("Rank 1 of 3 (job, generation 4) has not joined within 0.2 s.", error.Message);

        using var late = groups.Join("job", 4, 1, 3);
        Assert.Throws<CollectiveAbortedException>(() => late.AllGather([1], new float[3], Token));
    }

    [Fact]
    public async Task Given_ranks_that_join_when_the_last_has_come_then_nobody_waits_any_more()
    {
        var groups = new InMemoryGroups();
        var first = groups.JoinAsync("job", 1, 0, 2, TimeSpan.FromMinutes(1), Token);
        Assert.False(first.IsCompleted);
        using var second = await groups.JoinAsync("job", 1, 1, 2, TimeSpan.FromMinutes(1), Token);
        (await first).Dispose();
    }

    [Fact]
    public async Task Given_a_rank_that_waits_for_others_when_it_is_cancelled_or_one_gives_up_then_it_waits_no_longer()
    {
        var groups = new InMemoryGroups();
        using var cancellation = new CancellationTokenSource();
        var cancelled = groups.JoinAsync("job", 1, 0, 3, TimeSpan.FromMinutes(1), cancellation.Token);
        var other = groups.JoinAsync("job", 1, 1, 3, TimeSpan.FromMinutes(1), Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        using var left = await other;
        Assert.Throws<CollectiveAbortedException>(() => left.AllGather([1], new float[3], Token));
    }
}
