using Neptune.ModelGraph;
using Neptune.Storage;
using Neptune.Storage.Tests;
using Neptune.Torch;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Worker.Tests;

public sealed class ReplicaCheckpointTests
{
    private const int Rows = 6;
    private const int Features = 20;

    [Fact]
    public async Task Given_a_checkpoint_when_a_fresh_replica_takes_it_then_it_goes_on_to_the_same_bits()
    {
        await using var device = await TorchDevice.StartAsync("cpu:0");
        using var folder = new TemporaryFolder();
        var artifacts = new ArtifactStore(folder.At("artifacts"));
        var origin = JobCheckpoints.OriginOf("job-1", JobCheckpoints.Spec());
        var token = TestContext.Current.CancellationToken;
        await device.RunAsync(
            () =>
            {
                using var replica = new Replica(device, Graph(), seed: 1);
                Train(replica, 0, 4);
                var writer = new CheckpointWriter(
                    new("job-1"),
                    artifacts,
                    replica.State.Select(v => v.Length),
                    StatePart.Whole
                );
                var facts = JobCheckpoints.FactsAt(4) with { OptimizerStep = replica.OptimizerStep };
                using var captured = writer.TryCapture(new(facts, replica.State), StatePart.Whole)!;
                Train(replica, 4, 8);
                var saved = writer.WriteAsync(captured, origin, default).GetAwaiter().GetResult();

                using var fresh = new Replica(device, Graph(), seed: 2);
                var manifest = new CheckpointReader(artifacts)
                    .LoadAsync(saved.Entry!, origin, fresh.State, token)
                    .GetAwaiter()
                    .GetResult();
                fresh.TakeState(manifest.State.OptimizerStep);
                Train(fresh, 4, 8);

                Assert.Equal(replica.WeightsSha256(), fresh.WeightsSha256());
                Assert.Equal(replica.State.Select(v => v.ToArray()), fresh.State.Select(v => v.ToArray()));
            },
            token
        );
    }

    private static TrainingGraph Graph() =>
        Sequential
            .Of(Dense(16, Relu), BatchNormalization(), Dropout(0.3f), Dense(3, Softmax))
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()])
            .Build(Shape.Of(Features));

    private static void Train(Replica replica, int from, int to)
    {
        using var sums = replica.NewExchangeBuffer();
        for (var step = from; step < to; step++)
        {
            var features = new float[Rows * Features];
            JobCheckpoints.Draw(features, step);
            var batch = new ShardBatch(Rows, features) { Classes = new long[] { 0, 1, 2, 0, 1, 2 } };
            replica.ForwardBackward(batch, new(1, 0, step, 0), sums);
            replica.Apply(sums.Memory);
        }
    }
}
