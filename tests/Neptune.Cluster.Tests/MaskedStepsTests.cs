using Neptune.Client;
using Neptune.ModelGraph;

namespace Neptune.Cluster.Tests;

/// <summary>An LSTM of Keras over sequences of numbers, of which zeros are masked wherever they stand, is trained on.</summary>
public sealed class MaskedStepsTests
{
    private const int Samples = 60;
    private const int Steps = 6;
    private const int Numbers = 7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Given_masked_steps_when_trained_on_then_the_loss_falls_and_1_and_3_nodes_give_the_same_bits()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var data = await neptune.Data.FromArraysAsync(
            "numbers",
            [Steps],
            ["small", "large"],
            new Dictionary<string, (float[], long[])> { ["train"] = Sequences() }
        );
        var file = Path.Combine(AppContext.BaseDirectory, "models", "masked_lstm_dense.keras");
        await neptune.Models.ImportAsync(file, new() { Name = "net" }, Token);
        var hashes = new List<string>();
        foreach (var nodes in (int[])[1, 3])
        {
            var history = await neptune.FineTuneAsync(
                "net@1",
                data,
                new() { Optimizer = new Optimizer.Adam(0.01f) },
                new()
                {
                    Epochs = 6,
                    PerDeviceBatchSize = 4,
                    Shards = 5,
                    Nodes = nodes,
                    Name = $"net-{nodes}",
                },
                cancellation: Token
            );
            Assert.Equal(nodes, history.Job.Ranks.Length);
            Assert.True(history.Epochs[^1].Loss < history.Epochs[0].Loss);
            hashes.Add(history.WeightsSha256);
        }
        Assert.Single(hashes.Distinct());
    }

    // The class says whether the first number that is not masked is large.
    private static (float[] Features, long[] Classes) Sequences()
    {
        var random = new Random(5);
        var features = new float[Samples * Steps];
        var classes = new long[Samples];
        for (var i = 0; i < Samples; i++)
        {
            var sequence = features.AsSpan(i * Steps, Steps);
            foreach (ref var number in sequence)
            {
                number = random.Next(2) * random.Next(Numbers);
            }
            var first = sequence.IndexOfAnyExcept(0f);
            classes[i] = first >= 0 && sequence[first] > Numbers / 2 ? 1 : 0;
        }
        return (features, classes);
    }
}
