using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Worker.Tests;

/// <summary>Metrics are the same to the last bit, whoever computed which shards, and whoever was lost meanwhile.</summary>
public sealed class MetricsTests(RankHarness harness) : IClassFixture<RankHarness>
{
    private const int Samples = 90;

    [Fact]
    public async Task Given_any_cut_when_trained_then_metrics_of_training_and_validation_have_the_same_bits()
    {
        var data = await harness.DataAsync(Samples);
        var spec = RankHarness.Spec(Model(), data, 5, 3, epochs: 3);
        var whole = await harness.RunAsync(spec, data, new ShardRange(0, 5));
        Assert.Empty(whole[0].Failures);
        Assert.Equal(3, whole[0].Epochs.Length);
        foreach (var epoch in whole[0].Epochs)
        {
            Assert.Equal(
                [
                    "top_k_accuracy:2",
                    "binary_accuracy",
                    "precision:0.3",
                    "recall:0.3",
                    "auc",
                    "root_mean_squared_error",
                ],
                epoch.Metrics.Select(m => m.Name)
            );
            Assert.All(epoch.Metrics, m => Assert.InRange(m.Value, 1e-6, 1));
            Assert.All(epoch.Metrics, m => Assert.InRange(m.Validation!.Value, 1e-6, 1));
            Assert.True(epoch.Metrics[0].Value >= epoch.Accuracy);
        }
        foreach (
            var ranges in (ShardRange[][])
                [
                    [new(0, 2), new(2, 2), new(2, 5)],
                    [new(0, 1), new(1, 4), new(4, 5)],
                ]
        )
        {
            var parts = await harness.RunAsync(spec, data, ranges);
            Assert.All(parts, part => Assert.Equal(whole[0].Epochs.AsEnumerable(), part.Epochs));
            Assert.All(parts, part => Assert.Equal(whole[0].WeightsSha256.AsEnumerable(), part.WeightsSha256));
        }
    }

    [Fact]
    public async Task Given_metrics_when_trained_then_the_weights_are_those_without()
    {
        var data = await harness.DataAsync(Samples);
        var with = await harness.RunAsync(RankHarness.Spec(Model(), data, 3, 4, 2), data, new(0, 2), new(2, 3));
        var without = await harness.RunAsync(RankHarness.Spec(Model([]), data, 3, 4, 2), data, new ShardRange(0, 3));
        Assert.Equal(without[0].WeightsSha256.AsEnumerable(), with[0].WeightsSha256);
        Assert.True(without[0].Epochs[0].Metrics.IsEmpty);
    }

    [Fact]
    public async Task Given_a_rank_that_is_lost_in_an_epoch_when_others_go_on_then_the_epoch_s_metrics_lack_nothing()
    {
        var data = await harness.DataAsync(Samples);
        var spec = RankHarness.Spec(Model(), data, 4, 1, epochs: 300);
        var whole = await harness.RunAsync(spec, data, new ShardRange(0, 4));
        var runs = await harness.StartAsync(spec, data, [new(0, 2), new(2, 4)]);
        await RankHarness.UntilAsync(() => runs[1].Progress.Step > 100);
        runs[1].Abort("the test ends it");
        await Task.WhenAll(runs.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, runs[0].Progress.Generation);
        Assert.Equal(whole[0].Epochs.AsEnumerable(), runs[0].Progress.Epochs);
    }

    [Fact]
    public void Given_the_facts_of_a_state_when_sent_then_running_sums_and_epochs_arrive_to_the_last_bit()
    {
        var epoch = new EpochReport
        {
            Epoch = 1,
            Loss = 0.1,
            Metrics =
            [
                new()
                {
                    Name = "auc",
                    Value = 1.0 / 3,
                    Validation = double.NaN,
                },
            ],
        };
        var facts = JobCheckpoints.FactsAt(7) with
        {
            Epochs = [epoch],
            Sums = new(0.1, 3, 2) { Metrics = [0.1 + 0.2, 17, double.NaN] },
        };
        var read = StateFacts.Parse(facts.ToJson());
        Assert.Equal(facts.Sums.Metrics.AsEnumerable(), read.Sums.Metrics);
        Assert.Equal(epoch, Assert.Single(read.Epochs));
    }

    [Fact]
    public async Task Given_a_checkpoint_of_before_metrics_when_read_then_it_has_none()
    {
        using var job = new JobCheckpoints();
        var saved = await job.SaveAsync(1);
        var now = Encoding.UTF8.GetString(
            await job.Artifacts.ReadAsync(saved.Entry!.Artifact, TestContext.Current.CancellationToken)
        );
        var before = now.Replace("\"formatVersion\":2", "\"formatVersion\":1").Replace(",\"metrics\":[]", "");
        Assert.NotEqual(now.Length, before.Length);
        var manifest = CheckpointManifestJson.Read(Encoding.UTF8.GetBytes(before));
        Assert.True(manifest.State.Sums.Metrics.IsEmpty);
    }

    private static Sequential Model(IReadOnlyList<Metric>? metrics = null) =>
        Sequential
            .Of(Flatten(), Dense(12, Relu), Dense(3, Softmax))
            .Compile(
                Adam(),
                CategoricalCrossentropy(),
                metrics
                    ??
                    [
                        Accuracy(),
                        TopKAccuracy(2),
                        BinaryAccuracy(),
                        Precision(0.3f),
                        Recall(0.3f),
                        Auc(),
                        RootMeanSquaredError(),
                    ]
            );
}
