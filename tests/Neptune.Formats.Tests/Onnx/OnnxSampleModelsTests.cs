using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Models of exporters, with inputs and the outputs that independent programs gave.</summary>
public sealed class OnnxSampleModelsTests
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("lenet")]
    [InlineData("mlp_bn")]
    [InlineData("mnist_cntk")]
    [InlineData("small_resnet")]
    [InlineData("small_resnet_unfused")]
    public async Task Given_a_model_of_an_exporter_when_imported_then_it_gives_what_independent_programs_give(
        string name
    )
    {
        var folder = SharedFiles.Path("models", "onnx", name);
        var model = ModelFormats.Import(Path.Combine(folder, $"{name}.onnx"), new());
        var input = NpyFile.Read(Path.Combine(folder, "input.npy"));
        var expected = NpyFile.Read(Path.Combine(folder, "expected.npy"));
        await using var device = await TorchDevice.StartAsync("cpu:0");
        var package = new InferencePackage
        {
            Graph = new() { Graph = model.Graph },
            Weights = model.Weights,
            Lineage = new(),
        };
        var outputs = await device.RunAsync(
            () =>
            {
                using var runner = new InferenceRunner(device, package);
                return runner.Run(new Dictionary<string, TensorValue> { [model.Graph.Inputs[0].Name] = input });
            },
            TestContext.Current.CancellationToken
        );
        Assert.Null(TensorDifference.Of(expected, outputs[0], 0, Tolerance * Scale(expected)));
    }

    [Fact]
    public void Given_weights_that_an_exporter_found_equal_when_imported_then_each_is_a_parameter_of_its_own()
    {
        var path = SharedFiles.Path("models", "onnx", "small_resnet_unfused", "small_resnet_unfused.onnx");
        var graph = ModelFormats.Import(path, new()).Graph;
        var normalizations = graph.Operations.Where(o => o.Type == "BatchNormalization").ToArray();
        Assert.Equal(
            4 * normalizations.Length,
            normalizations.SelectMany(o => o.Inputs.Skip(1)).Distinct(StringComparer.Ordinal).Count()
        );
        Assert.All(
            graph.Parameters,
            p => Assert.Equal(!p.Name.Contains("running", StringComparison.Ordinal), p.Trainable)
        );
    }

    [Fact]
    public async Task Given_a_residual_net_when_optimized_then_all_batch_normalizations_are_part_of_convolutions()
    {
        var folder = SharedFiles.Path("models", "onnx", "small_resnet_unfused");
        var model = ModelFormats.Import(Path.Combine(folder, "small_resnet_unfused.onnx"), new());
        var package = new InferencePackage
        {
            Graph = new() { Graph = model.Graph },
            Weights = model.Weights,
            Lineage = new(),
        };
        await using var device = await TorchDevice.StartAsync("cpu:0");
        var optimized = await device.RunAsync(
            () => PackageOptimizer.Optimize(device, package, Tolerance),
            TestContext.Current.CancellationToken
        );
        var normalizations = model.Graph.Operations.Count(o => o.Type == "BatchNormalization");
        Assert.Equal(normalizations, optimized.Folded.BatchNormalizations);
        Assert.DoesNotContain(optimized.Folded.Package.Graph.Graph.Operations, o => o.Type == "BatchNormalization");
        Assert.InRange(optimized.LargestDifference, 0, Tolerance);
    }

    private static double Scale(TensorValue expected) => Math.Max(1, TensorDifference.Numbers(expected).Max(Math.Abs));
}
