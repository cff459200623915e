using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Nets of Caffe with their weights, and the outputs that independent programs gave.</summary>
public sealed class CaffeSampleModelsTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("lenet", "deploy.prototxt", "lenet.caffemodel", "prob")]
    [InlineData("lenet", "deploy.prototxt", "lenet.v1.caffemodel", "prob")]
    [InlineData("res_inception", "deploy.prototxt", "res_inception.caffemodel", "prob")]
    [InlineData("mtcnn_det1", "det1.prototxt", "det1.caffemodel", "prob1", "conv4-2")]
    [InlineData("mtcnn_det2", "det2.prototxt", "det2.caffemodel", "prob1", "conv5-2")]
    public async Task Given_a_net_and_weights_when_imported_then_it_gives_what_independent_programs_give(
        string folder,
        string net,
        string weights,
        params string[] outputs
    )
    {
        var path = SharedFiles.Path("models", "caffe", folder);
        var model = ModelFormats.Import(Path.Combine(path, net), new() { WeightsFile = Path.Combine(path, weights) });
        var input = NpyFile.Read(Path.Combine(path, "input.npy"));

        var found = await CaffeRuns.Run(device, model, (model.Graph.Inputs[0].Name, input));

        Assert.Equal("data", model.Graph.Inputs[0].Name);
        Assert.Equal(outputs, model.Graph.Outputs.Select(o => o.Name));
        Assert.All(model.Graph.Outputs, o => Assert.Equal(Dimension.Batch, o.Shape[0]));
        foreach (var output in outputs)
        {
            var file = output == outputs[0] ? "expected.npy" : $"expected.{output}.npy";
            Assert.Null(TensorDifference.Of(NpyFile.Read(Path.Combine(path, file)), found[output], 0, Tolerance));
        }
    }
}
