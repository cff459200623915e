using Neptune.ModelGraph;
using static Neptune.Torch.Tests.Graphs;

namespace Neptune.Torch.Tests;

/// <summary>The same inputs give the same bits, wherever and whenever they are computed.</summary>
public sealed class ReplicaBits(OneDevice device) : IClassFixture<OneDevice>
{
    private const int Width = 12;
    private const int Classes = 4;

    private static TrainingGraph Graph =>
        Classifier(
            Of(
                [Width],
                "y",
                [Classes],
                [Weight("w", 16, Width), Weight("b", 16), Weight("v", Classes, 16)],
                Op("Gemm", "g", ["x", "w", "b"], ("transB", 1)),
                Op("Relu", "r", ["g"]),
                Op("Dropout", "d", ["r"], ("ratio", 0.3f)),
                Op("Gemm", "y", ["d", "v"], ("transB", 1))
            ),
            new Optimizer.Adam(0.01f)
        );

    [Fact]
    public Task Given_a_shard_when_computed_again_then_every_bit_is_equal() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Graph, seed: 1);
            using var first = replica.NewExchangeBuffer();
            using var second = replica.NewExchangeBuffer();
            second.Span.Fill(float.NaN); // what is there before does not matter
            var batch = Samples.Batch(9, Width, Classes);
            replica.ForwardBackward(batch, new(1, 2, 3, 4), first);
            replica.ForwardBackward(Samples.Batch(5, Width, Classes, 77), new(1, 2, 3, 5), second);
            replica.ForwardBackward(batch, new(1, 2, 3, 4), second);
            Assert.Equal(Bits(first), Bits(second));
        });

    [Fact]
    public async Task Given_another_device_thread_when_trained_alike_then_weights_have_the_same_hash()
    {
        await using var other = await TorchDevice.StartAsync("cpu:1");
        var hashes = await Task.WhenAll(Train(device.Device), Train(other));
        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal(device.Device.Fingerprint, other.Fingerprint);

        static Task<string> Train(TorchDevice on) =>
            on.RunAsync(
                () =>
                {
                    using var replica = new Replica(on, Graph, seed: 1);
                    TrainSteps(replica, 0, 10);
                    return replica.WeightsSha256();
                },
                CancellationToken.None
            );
    }

    [Fact]
    public Task Given_exported_state_when_a_fresh_replica_imports_it_then_it_goes_on_to_the_same_bits() =>
        device.Run(() =>
        {
            using var original = new Replica(device.Device, Graph, seed: 1);
            TrainSteps(original, 0, 5);
            using var copy = new Replica(
                device.Device,
                Graph,
                seed: 99,
                original.ExportWeights(),
                original.ExportOptimizerState()
            );
            using var later = new Replica(device.Device, Graph, seed: 98);
            later.ImportState(original.ExportWeights(), original.ExportOptimizerState());
            foreach (var replica in new[] { original, copy, later })
            {
                TrainSteps(replica, 5, 10);
            }
            Assert.Equal(original.WeightsSha256(), copy.WeightsSha256());
            Assert.Equal(original.WeightsSha256(), later.WeightsSha256());
            Assert.Equal(WeightsHash.Of(Graph.Graph, original.ExportWeights()), original.WeightsSha256());
        });

    [Fact]
    public Task Given_another_seed_when_made_then_weights_differ() =>
        device.Run(() =>
        {
            using var one = new Replica(device.Device, Graph, seed: 1);
            using var two = new Replica(device.Device, Graph, seed: 2);
            Assert.NotEqual(one.WeightsSha256(), two.WeightsSha256());
        });

    [Theory]
    [InlineData(1, 0, 0, 0, true)]
    [InlineData(1, 0, 0, 1, false)]
    [InlineData(1, 0, 1, 0, false)]
    [InlineData(1, 1, 0, 0, false)]
    [InlineData(2, 0, 0, 0, false)]
    public Task Given_a_key_when_dropout_draws_then_the_mask_depends_on_all_of_it(
        ulong seed,
        int epoch,
        long step,
        int shard,
        bool equal
    ) =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, Graph, seed: 1);
            using var first = replica.NewExchangeBuffer();
            using var second = replica.NewExchangeBuffer();
            var batch = Samples.Batch(9, Width, Classes);
            replica.ForwardBackward(batch, new(1, 0, 0, 0), first);
            replica.ForwardBackward(batch, new(seed, epoch, step, shard), second);
            Assert.Equal(equal, Bits(first).SequenceEqual(Bits(second)));
        });

    [Fact]
    public Task Given_dropout_when_trained_and_inferred_then_it_scales_what_it_keeps_and_does_nothing_in_inference() =>
        device.Run(() =>
        {
            var graph = new TrainingGraph
            {
                Graph = Of(
                    [1000],
                    "y",
                    [1000],
                    [Weight("w", 1000)],
                    Op("Mul", "m", ["x", "w"]),
                    Op("Dropout", "y", ["m"], ("ratio", 0.25f))
                ),
                Loss = new Loss.MeanSquaredError(),
                Optimizer = new Optimizer.Sgd(),
            };
            var ones = Enumerable.Repeat(1f, 1000).ToArray();
            var weights = new Dictionary<string, TensorValue> { ["w"] = TensorValue.Of(Shape.Of(1000), ones) };
            using var replica = new Replica(device.Device, graph, 1, weights);
            using var exchange = replica.NewExchangeBuffer();
            var batch = new ShardBatch(1, ones) { Targets = new float[1000] };

            var outcome = replica.ForwardBackward(batch, new(1, 0, 0, 0), exchange);

            // Of each kept element: output 4/3, squared and divided by the width; gradient 2 * 4/3 * 4/3 / 1000.
            var kept = (int)Math.Round(outcome.LossSum * 1000 * 9 / 16);
            Assert.InRange(kept, 700, 800);
            Assert.Equal(kept, exchange.Span[..1000].ToArray().Count(g => Math.Abs(g - (32f / 9000)) < 1e-6));
            Assert.Equal(1000 - kept, exchange.Span[..1000].Count(0f));
            Assert.Equal(ones, replica.Predict(ones, 1));
        });

    private static int[] Bits(ExchangeBuffer buffer) =>
        [.. buffer.Span.ToArray().Select(BitConverter.SingleToInt32Bits)];

    private static void TrainSteps(Replica replica, int from, int to)
    {
        using var exchange = replica.NewExchangeBuffer();
        for (var step = from; step < to; step++)
        {
            replica.ForwardBackward(Samples.Batch(8, Width, Classes, (ulong)step), new(1, 0, step, 0), exchange);
            replica.Apply(exchange.Span);
        }
    }
}
