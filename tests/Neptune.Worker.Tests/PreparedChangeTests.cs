using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Worker.Tests;

/// <summary>Memberships that change while the ranks train on: the weights are those of a quiet run.</summary>
public sealed class PreparedChangeTests(RankHarness harness) : IClassFixture<RankHarness>
{
    private static readonly NodeId Third = new("local/cpu:2");
    private static readonly NodeId Absent = new("local/cpu:4");

    [Fact]
    public async Task Given_a_node_that_waits_when_it_is_taken_in_then_the_ranks_go_over_after_one_step()
    {
        var (spec, data) = await JobAsync();
        var ranks = await harness.StartAsync(spec, data, [new(0, 2), new(2, 4)]);
        var job = ranks[0].Progress.Job;
        var joiner = await harness.StartAsync(spec, data, (await harness.Memberships.CurrentAsync(job))!, Third);
        await Task.WhenAll([.. ranks.Select(r => r.Completion), joiner.Completion]).WaitAsync(TimeSpan.FromMinutes(1));
        var prepared = (await harness.Memberships.SinceAsync(job, 1)).First(g => g.PlaceOf(Third) is not null); // others may be new cuts by speed
        Assert.True(prepared.IsPrepared);
        Assert.Equal([Third], prepared.Joined);
        Assert.NotNull(ranks[0].Progress.PauseSeconds);
        await AssertEndedAsync(spec, data, [.. ranks, joiner]);
    }

    [Fact]
    public async Task Given_a_node_that_leaves_when_the_others_go_over_without_it_then_it_has_left_and_they_end()
    {
        var (spec, data) = await JobAsync();
        var ranks = await harness.StartAsync(spec, data, [new(0, 2), new(2, 3), new(3, 4)]);
        var job = ranks[0].Progress.Job;
        await harness.Memberships.DepartAsync(job, new(new("local/cpu:0"), "it is wanted elsewhere"));
        await Task.WhenAll(ranks.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        var prepared = (await harness.Memberships.SinceAsync(job, 1)).First(g => g.WorldSize < 3);
        Assert.True(prepared.IsPrepared);
        Assert.Equal("node local/cpu:0: it is wanted elsewhere", prepared.Cause);
        Assert.Equal(0, ranks[0].Progress.Ended);
        await AssertEndedAsync(spec, data, ranks[1], ranks[2]);
    }

    [Fact]
    public async Task Given_a_node_that_never_comes_when_the_job_is_done_then_it_ends_without_it()
    {
        var (spec, data) = await JobAsync();
        var ranks = await harness.StartAsync(spec, data, [new(0, 2), new(2, 4)]);
        var job = ranks[0].Progress.Job;
        await harness.Memberships.OfferAsync(job, new(Absent, null));
        await Task.WhenAll(ranks.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        var generations = await harness.Memberships.SinceAsync(job, 1);
        var prepared = Assert.Single(generations, g => g.IsPrepared);
        Assert.NotNull(prepared.PlaceOf(Absent));
        Assert.Null(generations[^1].PlaceOf(Absent));
        await AssertEndedAsync(spec, data, [.. ranks]);
    }

    [Fact]
    public async Task Given_a_node_that_never_comes_when_the_job_is_to_stop_at_a_step_then_it_does_no_other_step()
    {
        var (whole, data) = await JobAsync();
        var spec = whole with { StopAtStep = 901 };
        var ranks = await harness.StartAsync(spec, data, [new(0, 2), new(2, 4)]);
        await harness.Memberships.OfferAsync(ranks[0].Progress.Job, new(Absent, null));
        await Task.WhenAll(ranks.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Single(await harness.Memberships.SinceAsync(ranks[0].Progress.Job, 1), g => g.IsPrepared);
        Assert.All(ranks, rank => Assert.Equal((901L, true), (rank.Progress.Step, rank.Progress.Stopped)));
        await AssertEndedAsync(spec, data, [.. ranks]);
    }

    [Fact]
    public async Task Given_a_rank_is_lost_while_the_next_generation_is_prepared_then_no_step_is()
    {
        var (spec, data) = await JobAsync();
        var ranks = await harness.StartAsync(spec, data, [new(0, 2), new(2, 3), new(3, 4)]);
        var job = ranks[0].Progress.Job;
        await harness.Memberships.OfferAsync(job, new(Absent, null));
        await RankHarness.UntilAsync(() => harness.Memberships.CurrentAsync(job).GetAwaiter().GetResult()!.IsPrepared);
        ranks[2].Abort("its process has ended");
        await Task.WhenAll(ranks.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        var generations = await harness.Memberships.SinceAsync(job, 2);
        Assert.Equal(["local/cpu:0", "local/cpu:1"], generations[^1].Ranks.Select(r => r.Node.Value));
        Assert.False(
            generations[0].From!.Value.IsBehind((await harness.Memberships.SinceAsync(job, 1))[0].From!.Value)
        );
        await AssertEndedAsync(spec, data, ranks[0], ranks[1]);
    }

    // Some seconds of training: the ranks look for wishes four times in each.
    private async Task<(JobSpec Spec, DatasetInfo Data)> JobAsync()
    {
        var data = await harness.DataAsync(60);
        return (
            RankHarness.Spec(RankHarness.ConvolutionalModel(rate: 0.001f), data, 4, perDevice: 3, epochs: 400),
            data
        );
    }

    private async Task AssertEndedAsync(JobSpec spec, DatasetInfo data, params IReadOnlyList<IRankRun> ranks)
    {
        var quiet = Assert.Single(await harness.RunAsync(spec, data, new ShardRange(0, 4)));
        Assert.All(ranks, rank => Assert.Equal(quiet.WeightsSha256, rank.Progress.WeightsSha256));
        Assert.All(ranks, rank => Assert.Equal(quiet.Step, rank.Progress.Step));
    }
}
