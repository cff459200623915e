using Neptune.ModelGraph;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Cluster.Tests;

public sealed class ArchitecturesTests
{
    [Theory]
    [InlineData("resnet-18")]
    [InlineData("transformer")]
    [InlineData("lstm")]
    [InlineData("u-net")]
    public async Task Given_one_or_three_nodes_when_an_architecture_trains_then_the_weights_are_equal(string name)
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var digits = await neptune.Data.DigitsAsync();
        var training = new TrainingGraph
        {
            Graph = Architectures.Of(name),
            Loss = SparseCategoricalCrossentropy(),
            Optimizer = Adam(0.01f),
            Metrics = [Accuracy()],
        };
        var hashes = new List<string>();
        foreach (var nodes in (int[])[1, 3])
        {
            var spec = Specs.Of(training, digits) with
            {
                Nodes = nodes,
                Epochs = 2,
                Shards = 5,
                PerDeviceBatchSize = 32,
            };
            var job = await neptune.Jobs.SubmitAsync(spec);
            var history = await neptune.Jobs.WaitAsync(job.Id, null, TestContext.Current.CancellationToken);
            Assert.Equal(nodes, history.Job.Ranks.Length);
            Assert.True(history.Epochs[^1].Loss < history.Epochs[0].Loss, "The loss must fall.");
            hashes.Add(history.WeightsSha256);
        }
        Assert.Single(hashes.Distinct());
    }
}
