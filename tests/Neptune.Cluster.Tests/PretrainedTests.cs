using Neptune.Client;
using Neptune.Formats.Tests;
using Neptune.ModelGraph;

namespace Neptune.Cluster.Tests;

/// <summary>Networks that other frameworks have trained are trained on: their convolutions stay, and the last layer is new.</summary>
public sealed class PretrainedTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tfjs_digits/model.json")]
    [InlineData("digits_cnn.pb")]
    public async Task Given_a_network_of_digits_when_trained_on_then_it_is_right_and_1_and_3_nodes_give_the_same_bits(
        string file
    )
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var digits = await neptune.Data.DigitsAsync();
        var package = await TrainAsync(
            neptune,
            Path.Combine(AppContext.BaseDirectory, "models", file),
            null,
            digits,
            new() { Epochs = 6, PerDeviceBatchSize = 16 }
        );
        var result = await neptune.EvaluateAsync(package, digits.Split("test"));
        Assert.InRange(result["Test accuracy"], 0.9, 1);
    }

    [Fact]
    public async Task Given_lenet_of_caffe_when_trained_on_then_it_is_right_and_1_and_3_nodes_give_the_same_bits()
    {
        var weights = SharedFiles.Path("models", "caffe", "lenet", "lenet.caffemodel");
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var pictures = await neptune.Data.ImageFolderAsync(SharedFiles.Path("data", "image-folder"));
        var package = await TrainAsync(
            neptune,
            Path.Combine(Path.GetDirectoryName(weights)!, "deploy.prototxt"),
            weights,
            pictures,
            new() { Epochs = 6, PerDeviceBatchSize = 5 }
        );
        var result = await neptune.EvaluateAsync(package, pictures);
        Assert.InRange(result["Test accuracy"], 0.95, 1);
    }

    [Fact]
    public async Task Given_a_compiled_network_of_keras_when_trained_as_it_says_then_1_and_3_nodes_give_the_same_bits()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var pictures = await neptune.Data.ImageFolderAsync(Path.Combine(AppContext.BaseDirectory, "pictures"));
        var file = await neptune.Models.ReadAsync(
            Path.Combine(AppContext.BaseDirectory, "models", "cnn.h5"),
            cancellation: Token
        );
        Assert.IsType<Optimizer.Adam>(file.SettingsFor(pictures).Optimizer);
        var hashes = new List<string>();
        foreach (var nodes in (int[])[1, 3])
        {
            var options = file.Options with { Epochs = 3, PerDeviceBatchSize = 2, Nodes = nodes };
            var history = await neptune.FineTuneAsync(file, pictures, options: options, cancellation: Token);
            hashes.Add(history.WeightsSha256);
            Assert.InRange(history.Epochs[^1].Accuracy!.Value, 0.9, 1);
        }
        Assert.Single(hashes.Distinct());
    }

    private static async Task<Contracts.PackageRef> TrainAsync(
        NeptuneClient neptune,
        string file,
        string? weights,
        DatasetView data,
        FitOptions options
    )
    {
        var import = await neptune.Models.ImportAsync(file, new() { Name = "net", WeightsFile = weights }, Token);
        var settings = new FineTuneSettings
        {
            Optimizer = new Optimizer.Adam(0.01f),
            Freeze = ["conv*"],
            ResetHead = 10,
        };
        var hashes = new List<string>();
        Contracts.PackageRef? package = null;
        foreach (var nodes in (int[])[1, 3])
        {
            var history = await neptune.FineTuneAsync(
                "net@1",
                data,
                settings,
                options with
                {
                    Nodes = nodes,
                    Name = $"net-{nodes}",
                },
                cancellation: Token
            );
            Assert.Equal(nodes, history.Job.Ranks.Length);
            hashes.Add(history.WeightsSha256);
            package = history.Package;
        }
        Assert.Single(hashes.Distinct());
        var trained = (await neptune.Models.OpenAsync(package!, Token)).Weights;
        var frozen = import.Model.Weights.Where(w => w.Key.StartsWith("conv", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(frozen);
        Assert.All(frozen, w => Assert.Equal(w.Value.Bytes, trained[w.Key].Bytes));
        return package!;
    }
}
