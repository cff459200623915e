using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Models of TensorFlow, with inputs and the outputs that independent programs gave.</summary>
public sealed class TensorFlowSampleModelsTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("cifar_frozen", "frozen_model.pb", "Input", "Output", 1)]
    [InlineData("cifar_saved_model", "saved_model", "Input", "Output", 1)]
    [InlineData("mnist_conv_saved_model", "saved_model", "Features", "Prediction", 1)]
    [InlineData("fc_frozen", "frozen.pb", "X", "output", 0)]
    [InlineData("keras_tf2_saved_model", "saved_model", "input_1", "softmax", 0)]
    [InlineData("digits_cnn_frozen", "digits_cnn.pb", "input", "Softmax", 2)]
    public async Task Given_a_model_of_TensorFlow_when_imported_then_it_gives_what_independent_programs_give(
        string name,
        string file,
        string input,
        string output,
        int transposes
    )
    {
        var folder = SharedFiles.Path("models", "tensorflow", name);
        var model = ModelFormats.Import(Path.Combine(folder, file), new());
        Assert.Equal([input], model.Graph.Inputs.Select(i => i.Name));
        Assert.Equal([output], model.Graph.Outputs.Select(o => o.Name));
        Assert.Equal(Dimension.Batch, model.Graph.Outputs[0].Shape[0]);
        Assert.Equal(Math.Min(2, transposes * 2), model.Graph.Operations.Count(o => o.Type == "Transpose"));
        var given = NpyFile.Read(Path.Combine(folder, "input.npy"));
        // One sample's inputs are kept as rows; the model takes the same elements as pictures.
        var x = given with
        {
            Shape = model.Graph.Inputs[0].Shape.WithoutFirst().Prepend(given.Shape[0]),
        };
        var expected = NpyFile.Read(Path.Combine(folder, "expected.npy"));
        await device.Run(() =>
            Assert.Null(TensorDifference.Of(expected, TensorFlowRun.Of(device, model, (input, x))[0], 0, Tolerance))
        );
    }
}
