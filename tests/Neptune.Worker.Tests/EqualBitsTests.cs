using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Worker.Tests;

public sealed class EqualBitsTests(RankHarness harness) : IClassFixture<RankHarness>
{
    private const int Samples = 90;

    // Shards, samples a shard, and where 1 to 5 ranks are cut: uneven, and empty ranges too.
    private static readonly Gen<(int Shards, int PerDevice, int[] Cuts)> Cuts =
        from shards in Gen.Int[1, 13]
        from perDevice in Gen.Int[1, 5]
        from cuts in Gen.Int[0, shards].Array[0, 4]
        select (shards, perDevice, cuts.Order().ToArray());

    [Fact]
    public async Task Given_any_shards_and_any_cut_when_trained_then_the_weights_have_the_bits_of_one_range()
    {
        var data = await harness.DataAsync(Samples);
        await Cuts.SampleAsync(
            async cut =>
            {
                var spec = RankHarness.Spec(Model(), data, cut.Shards, cut.PerDevice, epochs: 1);
                var whole = await harness.RunAsync(spec, data, new ShardRange(0, cut.Shards));
                var parts = await harness.RunAsync(spec, data, RangesOf(cut.Shards, cut.Cuts));
                var hashes = whole.Concat(parts).SelectMany(r => r.WeightsSha256).Distinct();
                Assert.Single(hashes);
                Assert.All(parts, part => Assert.Empty(part.Failures));
                Assert.All(parts, part => Assert.Equal(whole[0].Epochs, part.Epochs));
            },
            iter: 12,
            threads: 1
        );
    }

    [Fact]
    public async Task Given_a_rank_that_ends_when_others_train_then_they_go_on_without_it_to_the_same_bits()
    {
        var data = await harness.DataAsync(Samples);
        var spec = RankHarness.Spec(Model(), data, 4, 2, epochs: 400);
        var whole = await harness.RunAsync(spec, data, new ShardRange(0, 4));
        var runs = await harness.StartAsync(spec, data, [new(0, 2), new(2, 4)]);
        await RankHarness.UntilAsync(() => runs[1].Progress.Step > 100);
        runs[1].Abort("the test ends it");
        await Task.WhenAll(runs.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("the test ends it", Assert.Single(runs[1].Progress.Failures).Message);
        Assert.Empty(runs[0].Progress.Failures);
        Assert.Equal(2, runs[0].Progress.Generation);
        Assert.Equal(whole[0].WeightsSha256.AsEnumerable(), runs[0].Progress.WeightsSha256);
        Assert.Equal(whole[0].Epochs.AsEnumerable(), runs[0].Progress.Epochs);
    }

    [Fact]
    public async Task Given_a_stop_asked_of_one_rank_when_training_then_all_stop_at_one_step_with_equal_weights()
    {
        var data = await harness.DataAsync(Samples);
        var spec = RankHarness.Spec(Model(), data, 3, 2, epochs: 100_000);
        var runs = await harness.StartAsync(spec, data, [new(0, 1), new(1, 2), new(2, 3)]);
        runs[2].RequestStop();
        await Task.WhenAll(runs.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.All(runs, run => Assert.True(run.Progress.Stopped));
        Assert.Single(runs.Select(r => r.Progress.Step).Distinct());
        Assert.Single(runs.SelectMany(r => r.Progress.WeightsSha256).Distinct());
        Assert.Equal(runs[0].Progress.Step, runs[0].Progress.Package!.Step);
    }

    [Fact]
    public async Task Given_a_data_set_whose_chunk_was_altered_when_a_rank_loads_it_then_it_fails_naming_the_chunk()
    {
        var data = await harness.DataAsync(Samples + 1);
        var manifest = Data.DatasetManifest.FromJson(
            await harness.Artifacts.ReadAsync(data.Sha256, TestContext.Current.CancellationToken)
        );
        var chunk = manifest.Split("train").Chunks[0].Sha256;
        var path = harness.Artifacts.PathOf(chunk);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[0] ^= 1;
        File.Delete(path);
        await File.WriteAllBytesAsync(path, bytes);

        var reports = await harness.RunAsync(
            RankHarness.Spec(Model(), data, 2, 2, epochs: 1),
            data,
            new ShardRange(0, 2)
        );

        var failure = Assert.Single(reports[0].Failures);
        Assert.False(failure.IsConsequence);
        Assert.Contains(chunk, failure.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ShardRange> RangesOf(int shards, int[] cuts)
    {
        int[] bounds = [0, .. cuts, shards];
        return [.. bounds.Zip(bounds.Skip(1), (low, high) => new ShardRange(low, high))];
    }

    private static Sequential Model() =>
        Sequential
            .Of(
                Conv2D(4, 3, padding: Padding.Same),
                BatchNormalization(),
                Activate(Relu),
                MaxPooling2D(2),
                Flatten(),
                Dropout(0.3f),
                Dense(3, Softmax)
            )
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]);
}
