using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Worker.Tests;

/// <summary>Jobs of so many steps end well after just these, wherever in an epoch that is.</summary>
public sealed class StepsTests(RankHarness harness) : IClassFixture<RankHarness>
{
    private const int Samples = 90; // 72 of them train
    private const int Shards = 4;
    private const int PerDevice = 2; // 9 steps in an epoch

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(9, 1, null)]
    [InlineData(22, 3, 4)]
    [InlineData(27, 3, null)]
    public async Task Given_steps_when_trained_on_any_ranks_then_they_are_just_these_with_the_bits_of_a_job_that_stopped(
        long steps,
        int epochs,
        int? stepsOfLast
    )
    {
        var data = await harness.DataAsync(Samples);
        var spec = Spec(data).WithSteps(steps, Samples);
        Assert.Equal((steps, epochs), (spec.Steps, spec.Epochs));
        var whole = await harness.RunAsync(spec, data, new ShardRange(0, Shards));
        var stopped = await harness.RunAsync(
            Spec(data) with
            {
                Epochs = 4,
                StopAtStep = steps,
            },
            data,
            new ShardRange(0, Shards)
        );
        Assert.Equal(stopped[0].WeightsSha256.AsEnumerable(), whole[0].WeightsSha256);
        foreach (
            var ranges in (ShardRange[][])
                [
                    [new(0, 4)],
                    [new(0, 1), new(1, 4)],
                    [new(0, 1), new(1, 3), new(3, 4)],
                ]
        )
        {
            var parts = await harness.RunAsync(spec, data, ranges);
            Assert.All(parts, part => Assert.Empty(part.Failures));
            Assert.All(parts, part => Assert.Equal((steps, steps, false), (part.Step, part.TotalSteps, part.Stopped)));
            Assert.All(parts, part => Assert.Equal(whole[0].WeightsSha256.AsEnumerable(), part.WeightsSha256));
            Assert.All(parts, part => Assert.Equal(whole[0].Epochs.AsEnumerable(), part.Epochs));
            Assert.Equal(steps, parts[0].Package!.Step);
        }
        Assert.Equal(Enumerable.Range(1, epochs), whole[0].Epochs.Select(e => e.Epoch));
        Assert.All(whole[0].Epochs, e => Assert.NotNull(e.ValidationLoss));
        Assert.Equal(stepsOfLast, whole[0].Epochs[^1].Steps);
        Assert.All(whole[0].Epochs.SkipLast(1), e => Assert.Null(e.Steps));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_a_job_that_ended_within_an_epoch_when_forked_then_the_rest_of_the_epoch_comes_first(
        bool ofCheckpoint
    )
    {
        var data = await harness.DataAsync(Samples);
        var spec = Spec(data).WithSteps(22, Samples) with { CheckpointInterval = TimeSpan.Zero };
        var runs = await harness.StartAsync(spec, data, [new(0, 2), new(2, 4)]);
        await Task.WhenAll(runs.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        var job = runs[0].Assignment.Generation.Job;
        var package = runs[0].Progress.Package!.Artifact;
        if (ofCheckpoint)
        {
            var kept = await harness.Checkpoints.ListAsync(job);
            package = await harness.PackageAsync(job, spec, data, kept.MaxBy(c => (c.Version.Step, c.Version.Epoch))!);
        }
        var fork = await harness.RunAsync(
            Spec(data) with
            {
                Epochs = 4,
                ResumeFrom = package,
            },
            data,
            new ShardRange(0, Shards)
        );
        var whole = await harness.RunAsync(Spec(data) with { Epochs = 4 }, data, new ShardRange(0, Shards));
        Assert.Equal((36, 36), (fork[0].Step, fork[0].TotalSteps));
        Assert.Equal(whole[0].WeightsSha256.AsEnumerable(), fork[0].WeightsSha256);
        Assert.Equal([1, 2, 3, 4], fork[0].Epochs.Select(e => e.Epoch));
        Assert.Equal(whole[0].Epochs[3], fork[0].Epochs[3]);
        Assert.Equal(whole[0].Epochs[2].ValidationLoss, fork[0].Epochs[2].ValidationLoss);
    }

    [Fact]
    public async Task Given_a_rank_that_is_lost_when_others_go_on_then_the_steps_are_just_these()
    {
        var data = await harness.DataAsync(Samples);
        var spec = Spec(data).WithSteps(2_003, Samples);
        var whole = await harness.RunAsync(spec, data, new ShardRange(0, Shards));
        var runs = await harness.StartAsync(spec, data, [new(0, 2), new(2, 4)]);
        await RankHarness.UntilAsync(() => runs[1].Progress.Step > 100);
        runs[1].Abort("the test ends it");
        await Task.WhenAll(runs.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, runs[0].Progress.Generation);
        Assert.Equal(2_003, runs[0].Progress.Step);
        Assert.Equal(whole[0].WeightsSha256.AsEnumerable(), runs[0].Progress.WeightsSha256);
        Assert.Equal(whole[0].Epochs.AsEnumerable(), runs[0].Progress.Epochs);
    }

    private static JobSpec Spec(DatasetInfo data) =>
        RankHarness.Spec(
            Sequential
                .Of(Flatten(), Dense(8, Relu), Dropout(0.2f), Dense(3, Softmax))
                .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy(), TopKAccuracy(2)]),
            data,
            Shards,
            PerDevice,
            epochs: 1
        );
}
