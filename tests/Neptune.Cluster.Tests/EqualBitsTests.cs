using Neptune.Client;
using Neptune.ModelGraph;

namespace Neptune.Cluster.Tests;

public sealed class EqualBitsTests
{
    [Theory]
    [InlineData("mlp", 4)]
    [InlineData("cnn", 5)]
    public async Task Given_any_number_of_nodes_when_a_model_trains_then_weights_and_optimizer_state_are_equal(
        string model,
        int shards
    )
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 8);
        var digits = await neptune.Data.DigitsAsync();
        var packages = new List<TrainingPackage>();
        foreach (var nodes in (int[])[1, 2, 3, 5, 8])
        {
            var history = await neptune.FitAsync(
                model == "mlp" ? Models.Mlp() : Models.Cnn(),
                digits,
                epochs: 2,
                validationSplit: 0.1,
                perDeviceBatchSize: 16,
                shards: shards,
                seed: 7,
                nodes: nodes,
                cancellation: TestContext.Current.CancellationToken
            );
            Assert.Equal(nodes, history.Job.Ranks.Length);
            packages.Add(await neptune.Models.OpenAsync(history.Package));
        }
        Assert.Single(packages.Select(p => p.WeightsSha256).Distinct());
        Assert.Single(packages.Select(StateOf).Distinct());
    }

    private static string StateOf(TrainingPackage package) =>
        string.Join(
            "\n",
            package.OptimizerState.Select(s =>
                $"{s.Key} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(s.Value.Bytes.Span))}"
            )
        );
}
