using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>A module's bits depend on the job alone, not on what else the process computes.</summary>
public sealed class ModuleBits(ModuleDevice device) : IClassFixture<ModuleDevice>
{
    [Fact]
    public Task Given_a_shard_when_computed_again_then_every_bit_is_equal_and_another_key_drops_others() =>
        device.Run(() =>
        {
            using var replica = new Replica(device.Device, device.Classifier("perceptron", Shape.Of(64)), seed: 1);
            using var first = replica.NewExchangeBuffer();
            using var second = replica.NewExchangeBuffer();
            var batch = Samples.Batch(9, 64, 10);
            replica.ForwardBackward(batch, new(1, 2, 3, 4), first);
            replica.ForwardBackward(Samples.Batch(5, 64, 10, 77), new(1, 2, 3, 5), second);
            Assert.NotEqual(first.Span.ToArray(), second.Span.ToArray());
            replica.ForwardBackward(batch, new(1, 2, 3, 4), second);
            Assert.Equal(first.Span.ToArray(), second.Span.ToArray());
            replica.ForwardBackward(batch, new(1, 2, 3, 5), second);
            Assert.NotEqual(first.Span.ToArray(), second.Span.ToArray());
        });

    [Theory]
    [InlineData("perceptron", 64)]
    [InlineData("convolution-net", 1, 8, 8)]
    public async Task Given_devices_that_compute_side_by_side_when_trained_alike_then_weights_have_the_same_hash(
        string name,
        params int[] sample
    )
    {
        var shape = Shape.Of([.. sample.Select(s => (long)s)]);
        await using var second = await TorchDevice.StartAsync("cpu:1", 1, ModuleFile.Catalog);
        await using var third = await TorchDevice.StartAsync("cpu:2", 1, ModuleFile.Catalog);
        await using var other = await TorchDevice.StartAsync("cpu:3");
        var graph = await device.Device.RunAsync(() => device.Classifier(name, shape), CancellationToken.None);
        var convolutions = Sequential
            .Of(Layers.Conv2D(16, 3, Activation.Relu), Layers.Flatten(), Layers.Dense(10, Activation.Softmax))
            .Compile(Layers.Adam(), Layers.SparseCategoricalCrossentropy())
            .Build(Shape.Of(8, 8, 1));
        var aloneOther = await Train(other, convolutions);
        var alone = await Train(device.Device, graph);

        // A model of Neptune's own layers trains beside them, whose convolutions go another way.
        var besides = Train(other, convolutions);
        var together = await Task.WhenAll(Train(device.Device, graph), Train(second, graph), Train(third, graph));

        Assert.Equal([alone, alone, alone], together);
        Assert.Equal(aloneOther, await besides);
    }

    [Fact]
    public Task Given_a_seed_when_weights_are_drawn_then_the_modules_constructor_draws_them_by_it() =>
        device.Run(() =>
        {
            var graph = device.Classifier("perceptron", Shape.Of(64));
            using var one = new Replica(device.Device, graph, seed: 1);
            using var again = new Replica(device.Device, graph, seed: 1);
            using var two = new Replica(device.Device, graph, seed: 2);
            Assert.Equal(one.WeightsSha256(), again.WeightsSha256());
            Assert.NotEqual(one.WeightsSha256(), two.WeightsSha256());
            // torch.nn.Linear: uniform within 1 / sqrt(64); batch normalization begins with ones.
            var weights = one.ExportWeights();
            Assert.InRange(weights["perceptron._first.weight"].Floats.ToArray().Max(), 0.12f, 0.125f);
            Assert.Equal(Enumerable.Repeat(1f, 32), weights["perceptron._norm.running_var"].Floats.ToArray());
        });

    [Fact]
    public async Task Given_steps_when_trained_then_no_tensor_is_left_behind()
    {
        await using var own = await TorchDevice.StartAsync("cpu:4", 1, ModuleFile.Catalog);
        var graph = await device.Device.RunAsync(
            () => device.Classifier("perceptron", Shape.Of(64)),
            CancellationToken.None
        );
        using var replica = new Disposing(
            own,
            await own.RunAsync(() => new Replica(own, graph, 1), CancellationToken.None)
        );
        await own.RunAsync(() => Steps(replica.Replica, 3), CancellationToken.None);
        var before = await own.CountLiveTensorsAsync(CancellationToken.None);
        await own.RunAsync(() => Steps(replica.Replica, 20), CancellationToken.None);
        Assert.Equal(before, await own.CountLiveTensorsAsync(CancellationToken.None));
    }

    private static Task<string> Train(TorchDevice on, TrainingGraph graph) =>
        on.RunAsync(
            () =>
            {
                using var replica = new Replica(on, graph, seed: 1);
                Steps(replica, 25);
                return replica.WeightsSha256();
            },
            CancellationToken.None
        );

    private static void Steps(Replica replica, int steps)
    {
        using var exchange = replica.NewExchangeBuffer();
        for (var step = 0; step < steps; step++)
        {
            replica.ForwardBackward(Samples.Batch(8, 64, 10, (ulong)step), new(1, 0, step, 0), exchange);
            replica.Apply(exchange.Span);
        }
    }

    private sealed class Disposing(TorchDevice device, Replica replica) : IDisposable
    {
        public Replica Replica { get; } = replica;

        public void Dispose() => device.RunAsync(Replica.Dispose, CancellationToken.None).GetAwaiter().GetResult();
    }
}
