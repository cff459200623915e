using System.Collections.Concurrent;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Worker.Tests;

/// <summary>Ranks of one process that are ended while the others go on.</summary>
public sealed class AbortTests(RankHarness harness) : IClassFixture<RankHarness>
{
    private const string Reason = "its silo is told to end";
    private const int Many = 20;
    private static readonly NodeId Second = new("local/cpu:1");
    private static readonly NodeId Third = new("local/cpu:2");

    [Fact]
    public async Task Given_a_rank_that_trains_when_it_is_ended_then_it_does_not_speak_as_one_that_goes_on()
    {
        var data = await harness.DataAsync(40);
        var spec = RankHarness.Spec(Model(), data, 2, 2, epochs: 1_000_000);
        var spoken = new ConcurrentBag<RankStatement>();
        harness.Stated = (_, statement) => spoken.Add(statement);
        for (var job = 0; job < Many; job++)
        {
            var ranks = await harness.StartAsync(spec, data, [new(0, 1), new(1, 2)]);
            await RankHarness.UntilAsync(() => ranks[1].Progress.Step > 0);
            ranks[1].Abort(Reason);
            await ranks[1].Completion;
            Assert.Equal([Reason], ranks[1].Progress.Failures.Select(f => f.Message));
            ranks[0].Abort(Reason);
            await ranks[0].Completion;
        }
        Assert.DoesNotContain(spoken, statement => statement.Node == Second && !statement.IsAhead);
    }

    [Fact]
    public async Task Given_a_rank_that_has_spoken_when_it_is_ended_before_it_comes_then_the_others_go_on_without_it()
    {
        var data = await harness.DataAsync(40);
        var spec = RankHarness.Spec(Model(), data, 4, 2, epochs: 1000);
        var ranks = await harness.StartAsync(spec, data, [new(0, 1), new(1, 2), new(2, 3), new(3, 4)]);
        harness.Stated = (_, statement) =>
        {
            if (statement.Node == Third && !statement.IsAhead)
            {
                ranks[2].Abort(Reason);
            }
        };
        await RankHarness.UntilAsync(() => ranks[3].Progress.Step > 50);
        ranks[3].Abort(Reason);
        await Task.WhenAll(ranks.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        var generations = await harness.Memberships.SinceAsync(ranks[0].Progress.Job, 1);
        Assert.NotNull(generations[0].PlaceOf(Third));
        Assert.Contains("has not joined within 3 s", generations[1].Cause, StringComparison.Ordinal);
        Assert.Equal(["local/cpu:0", "local/cpu:1"], generations[^1].Ranks.Select(r => r.Node.Value));
        var quiet = Assert.Single(await harness.RunAsync(spec, data, new ShardRange(0, 4)));
        Assert.All(ranks[..2], rank => Assert.Equal(quiet.WeightsSha256, rank.Progress.WeightsSha256));
    }

    private static Sequential Model() =>
        Sequential.Of(Flatten(), Dense(3, Softmax)).Compile(Adam(), SparseCategoricalCrossentropy());
}
