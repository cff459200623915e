using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Worker.Tests;

/// <summary>A rank belongs to one attempt of its job.</summary>
public sealed class AttemptTests(RankHarness harness) : IClassFixture<RankHarness>
{
    private static readonly NodeId Node = new("local/cpu:0");

    [Fact]
    public async Task Given_a_rank_that_waits_when_its_job_starts_again_with_its_node_then_it_ends_and_takes_no_part()
    {
        var data = await harness.DataAsync(40);
        var spec = RankHarness.Spec(Model(), data, 2, 2, epochs: 1);
        var first = Generation(harness.NewJob(), 1, attempt: 1, new NodeId("elsewhere/cpu:0"));
        Assert.True(await harness.Memberships.TryAppendAsync(first));
        var rank = await harness.StartAsync(spec, data, first, Node);
        await RankHarness.UntilAsync(() => rank.Progress.Ready == 1);
        Assert.True(await harness.Memberships.TryAppendAsync(Generation(first.Job, 2, attempt: 2, Node)));
        await rank.Completion.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal((0, 0, 0L), (rank.Progress.Generation, rank.Progress.Ended, rank.Progress.Step));
        Assert.Empty(rank.Progress.Failures);
    }

    [Fact]
    public async Task Given_a_rank_whose_job_is_over_when_its_node_gets_another_job_then_it_makes_way()
    {
        var data = await harness.DataAsync(40);
        var spec = RankHarness.Spec(Model(), data, 2, 2, epochs: 1_000_000);
        var first = Generation(harness.NewJob(), 1, attempt: 1, Node);
        Assert.True(await harness.Memberships.TryAppendAsync(first));
        var rank = await harness.StartAsync(spec, data, first, Node);
        await RankHarness.UntilAsync(() => rank.Progress.Step > 0);
        var second = Generation(harness.NewJob(), 1, attempt: 1, Node);
        await Assert.ThrowsAsync<ConflictException>(() => harness.StartAsync(spec, data, second, Node));
        Assert.True(await harness.Memberships.TryAppendAsync(first with { Number = 2, Ranks = [] }));
        Assert.True(await harness.Memberships.TryAppendAsync(second));
        var next = await harness.StartAsync(spec with { Epochs = 1 }, data, second, Node);
        await next.Completion.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(rank.Completion.IsCompleted);
        Assert.Equal((1, 0), (next.Progress.Ended, next.Progress.Failures.Length));
    }

    [Fact]
    public async Task Given_a_rank_whose_end_is_known_when_its_node_gets_another_job_at_once_then_it_waits_for_the_last_write()
    {
        var data = await harness.DataAsync(40);
        var spec = RankHarness.Spec(Model(), data, 2, 2, epochs: 1);
        for (var job = 0; job < 20; job++)
        {
            var generation = Generation(harness.NewJob(), 1, attempt: 1, Node);
            Assert.True(await harness.Memberships.TryAppendAsync(generation));
            var rank = await harness.StartAsync(spec, data, generation, Node);
            while (rank.Progress.Ended == 0)
            {
                await Task.Yield();
            }
        }
    }

    private static Generation Generation(JobId job, int number, int attempt, NodeId node) =>
        new()
        {
            Job = job,
            Number = number,
            Attempt = attempt,
            Token = $"token {number}",
            Ranks = [new(0, node, new(0, 2))],
        };

    private static Sequential Model() =>
        Sequential.Of(Flatten(), Dense(3, Softmax)).Compile(Adam(), SparseCategoricalCrossentropy());
}
