using System.Collections.Immutable;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Cluster.Tests;

/// <summary>LeNet as PyTorch exports it, images channels first, trained on with pictures that lie channels last.</summary>
public sealed class FineTuningTests
{
    private static readonly FineTuneSettings NewHead = new()
    {
        Optimizer = new Optimizer.Adam(0.01f),
        Freeze = ["conv*", "fc1.*"],
        ResetHead = 10,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Digits => Path.Combine(AppContext.BaseDirectory, "pictures");

    private static string LeNet => Path.Combine(AppContext.BaseDirectory, "models", "lenet.onnx");

    [Fact]
    public async Task Given_a_frozen_part_and_a_new_head_when_trained_then_the_part_stays_and_all_nodes_agree()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var data = await neptune.Data.ImageFolderAsync(Digits);
        var import = await neptune.Models.ImportAsync(LeNet, cancellation: Token);
        var hashes = new List<string>();
        foreach (var nodes in (int[])[1, 3])
        {
            var options = new FitOptions
            {
                Epochs = 4,
                PerDeviceBatchSize = 4,
                Shards = 5,
                Nodes = nodes,
                Name = $"lenet-{nodes}",
            };
            var history = await neptune.FineTuneAsync("lenet@1", data, NewHead, options, cancellation: Token);
            hashes.Add(history.WeightsSha256);
            var trained = (await neptune.Models.OpenAsync(history.Package, Token)).Weights;
            foreach (var (name, first) in import.Model.Weights)
            {
                var isFrozen =
                    name.StartsWith("conv", StringComparison.Ordinal)
                    || name.StartsWith("fc1", StringComparison.Ordinal);
                Assert.Equal(isFrozen, first.Bytes.Span.SequenceEqual(trained[name].Bytes.Span));
            }
        }
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task Given_a_model_file_when_trained_as_it_says_then_scale_schedule_and_factors_hold_on_any_nodes()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var data = await neptune.Data.ImageFolderAsync(Digits);
        var read = await neptune.Models.ReadAsync(LeNet, cancellation: Token);
        // What a Caffe solver says, for instance.
        var file = read with
        {
            Model = read.Model with
            {
                Training = new()
                {
                    Loss = new Loss.SparseCategoricalCrossentropy(FromLogits: true),
                    Optimizer = new Optimizer.Sgd(0.01f, 0.9f, RateInVelocity: true)
                    {
                        Schedule = new LearningRateSchedule.Inverse(0.01f, 0.75f),
                    },
                    Updates = ImmutableSortedDictionary<string, ParameterUpdate>
                        .Empty.Add("fc3.bias", new(RateFactor: 0))
                        .Add("fc3.weight", new(L2: 0.01f)),
                    BatchSize = 20,
                    Steps = 7,
                    InputScale = 0.00390625f,
                },
            },
        };
        var options = file.Options;
        Assert.Equal((4, 5), (options.Shards, options.PerDeviceBatchSize));
        Assert.Equal(7, options.Steps);
        var settings = file.SettingsFor(data);
        Assert.Equal(0.00390625f * 255, settings.InputFactor, 1e-6f);
        var hashes = new List<string>();
        foreach (var nodes in (int[])[1, 3])
        {
            var history = await neptune.FineTuneAsync(file, data, options: options with { Nodes = nodes });
            hashes.Add(history.WeightsSha256);
            Assert.Equal((7, 7), (history.Package.Step, history.Job.TotalSteps));
            var package = await neptune.Models.OpenAsync(history.Package, Token);
            Assert.Equal("Mul", package.Graph.Graph.Operations[1].Type);
            Assert.Equal(settings.Optimizer, package.Graph.Optimizer);
            Assert.Equal(read.Model.Weights["fc3.bias"].Bytes, package.Weights["fc3.bias"].Bytes);
            Assert.NotEqual(read.Model.Weights["fc3.weight"].Bytes, package.Weights["fc3.weight"].Bytes);
        }
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task Given_an_imported_classifier_when_deployed_then_pictures_are_told_apart()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 1);
        var labels = Enumerable.Range(0, 10).Select(digit => $"{digit}");
        var import = await neptune.Models.ImportAsync(
            LeNet,
            new() { Labels = [.. labels], OutputIsLogits = true },
            Token
        );
        await neptune.DeployAsync(import.Version.Package, "digits");
        var files = Directory.GetFiles(Digits, "*.png", SearchOption.AllDirectories);
        var answers = await neptune.Endpoints.PredictImagesAsync("digits", files, Token);
        var right = files.Zip(answers).Count(a => Path.GetFileName(Path.GetDirectoryName(a.First)) == a.Second.Label);
        Assert.True(right >= files.Length * 0.9, $"{right} of {files.Length} are right.");
        Assert.All(answers, answer => Assert.InRange(answer.Outputs.Sum(), 0.999f, 1.001f));
    }

    public static TheoryData<FineTuneSettings, string> Wrong =>
        new()
        {
            {
                new() { Freeze = ["cnv*"] },
                "Nothing of"
            },
            {
                new() { Freeze = ["*"] },
                "is left to train"
            },
            {
                new() { ResetHead = 0 },
                "Ask for at least 1"
            },
            {
                new() { Loss = new Loss.SparseCategoricalCrossentropy(FromLogits: false) },
                "gives none"
            },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Given_settings_that_do_not_fit_when_trained_then_the_error_says_so(
        FineTuneSettings settings,
        string expected
    )
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 1);
        var data = await neptune.Data.ImageFolderAsync(Digits);
        await neptune.Models.ImportAsync(LeNet, cancellation: Token);
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            neptune.FineTuneAsync("lenet", data, settings, cancellation: Token)
        );
        Assert.True(error is GraphException or JobRejectedException, error.ToString());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_data_of_another_size_when_trained_then_both_sizes_are_named()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 1);
        var digits = await neptune.Data.DigitsAsync();
        await neptune.Models.ImportAsync(LeNet, cancellation: Token);
        var error = await Assert.ThrowsAsync<GraphException>(() =>
            neptune.FineTuneAsync("lenet", digits, cancellation: Token)
        );
        Assert.Contains(
            "takes samples of (1, 28, 28) (channels, height, width), and the data has (8, 8, 1)",
            error.Message
        );
    }
}
