using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Worker.Tests;

public sealed class ForkTests(RankHarness harness) : IClassFixture<RankHarness>
{
    private const int Shards = 4;
    private const int Epochs = 5;
    private const float Before = 0.01f;
    private const float After = 0.001f;

    [Fact]
    public async Task Given_any_kept_checkpoint_when_forked_on_any_ranks_then_the_bits_are_of_one_loop_that_changed_its_rate()
    {
        var data = await harness.DataAsync(90);
        var spec = SpecOf(Before, data) with
        {
            CheckpointInterval = TimeSpan.Zero,
            Retention = new() { Last = 1000 },
        };
        var (job, kept) = await KeptAsync(spec, data);
        var steps = StepsPerEpoch(spec, data);
        var seen = new List<string>();
        foreach (var checkpoint in kept.Where(c => c.Version.Step < steps * Epochs))
        {
            var expected = await SwitchingAsync(SpecOf(Before, data), data, checkpoint.Version.Step);
            seen.Add(expected);
            var package = await harness.PackageAsync(job, spec, data, checkpoint);
            var fork = SpecOf(After, data) with { ResumeFrom = package };
            foreach (
                var ranges in (ShardRange[][])
                    [
                        [new(0, 4)],
                        [new(0, 1), new(1, 4)],
                        [new(0, 1), new(1, 3), new(3, 4)],
                    ]
            )
            {
                var reports = await harness.RunAsync(fork, data, ranges);
                Assert.All(reports, report => Assert.Empty(report.Failures));
                Assert.Equal(expected, Assert.Single(reports.SelectMany(r => r.WeightsSha256).Distinct()));
                Assert.Equal(Epochs, reports[0].Epochs.Length);
            }
        }
        Assert.NotEmpty(seen);
        Assert.Distinct(seen);
    }

    [Fact]
    public async Task Given_checkpoints_at_epochs_ends_when_listed_then_they_have_a_metric_and_the_best_is_kept()
    {
        var data = await harness.DataAsync(90);
        var spec = SpecOf(Before, data) with
        {
            CheckpointInterval = TimeSpan.Zero,
            Retention = new() { Last = 1 },
        };
        var (_, kept) = await KeptAsync(spec with { Epochs = 60 }, data);
        Assert.InRange(kept.Length, 1, 3); // the last, the best, and the newest that is known to be right
        var (_, all) = await KeptAsync(spec with { Retention = new() { Last = 1000 } }, data);
        var steps = StepsPerEpoch(spec, data);
        Assert.All(all, c => Assert.Equal(c.Version.Step == steps * c.Version.Epoch, c.Metric is not null));
    }

    // Trains, and gives the job's name with its checkpoints.
    private async Task<(JobId Job, ImmutableArray<CheckpointEntry> Kept)> KeptAsync(JobSpec spec, DatasetInfo data)
    {
        var runs = await harness.StartAsync(spec, data, [new(0, 2), new(2, 4)]);
        await Task.WhenAll(runs.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        var job = runs[0].Assignment.Generation.Job;
        var kept = await harness.Checkpoints.ListAsync(job);
        Assert.NotEmpty(kept);
        return (job, kept);
    }

    // The definition: one loop that trains with one rate up to a step, and with another one afterwards.
    private Task<string> SwitchingAsync(JobSpec spec, DatasetInfo data, long step) =>
        harness.TrainAloneAsync(
            spec,
            data,
            _ => { },
            loop => loop.Replica.LearningRate = loop.Position.Step >= step ? After : Before,
            loop => loop.Replica.WeightsSha256()
        );

    private static long StepsPerEpoch(JobSpec spec, DatasetInfo data) =>
        new Data.GlobalBatches(
            JobSpec.TrainingSamples(data.Splits["train"], spec.ValidationSplit),
            spec.Shards,
            spec.PerDeviceBatchSize
        ).StepsPerEpoch;

    private static JobSpec SpecOf(float rate, DatasetInfo data) =>
        RankHarness.Spec(RankHarness.ConvolutionalModel(rate), data, Shards, perDevice: 3, Epochs);
}
