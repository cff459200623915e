using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Whole models, with inputs and the outputs that TensorFlow.js gave.</summary>
public sealed class KerasSampleFilesTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("dense_64_64_10", "dense_64_64_10.h5")]
    [InlineData("dense_64_64_10", "dense_64_64_10.keras")]
    [InlineData("cnn", "cnn.h5")]
    [InlineData("cnn", "cnn.keras")]
    [InlineData("tfjs_digits", "model.json")]
    public Task Given_a_model_when_imported_then_it_gives_what_TensorFlow_js_gives(string folder, string file) =>
        Compare(Path.Combine(AppContext.BaseDirectory, "fixtures", "keras", folder), file);

    [Theory]
    [InlineData("mini_xception_fer2013", "mini_xception_fer2013.hdf5")]
    [InlineData("tiny_xception_kdef", "tiny_xception_kdef.hdf5")]
    public Task Given_a_pretrained_model_of_Keras_when_imported_then_it_gives_what_TensorFlow_js_gives(
        string folder,
        string file
    ) => Compare(SharedFiles.Path("models", "keras", folder), file);

    [Fact]
    public void Given_a_class_of_the_users_own_when_imported_then_it_is_refused_by_name()
    {
        var path = SharedFiles.Path("models", "keras", "custom_class", "nested_custom_class.keras");
        var error = Assert.Throws<UnsupportedOperatorsException>(() => ModelFormats.Import(path, new()));
        Assert.Contains("NestedDenseModel (in nested_dense_model)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dense_64_64_10", "dense_64_64_10.h5")]
    [InlineData("dense_64_64_10", "dense_64_64_10.keras")]
    public void Given_a_compiled_model_when_imported_then_its_training_is_known(string folder, string file)
    {
        var model = ModelFormats.Import(
            Path.Combine(AppContext.BaseDirectory, "fixtures", "keras", folder, file),
            new()
        );
        Assert.Equal(new Optimizer.Adam(EpsilonHat: true), model.Training?.Optimizer);
        Assert.Equal(new Loss.SparseCategoricalCrossentropy(), model.Training?.Loss);
        Assert.Equal([new Metric.Accuracy()], model.Training!.Metrics);
        Assert.Empty(model.Notes);
        Assert.Equal(
            ["dense.weight", "dense.bias", "dense_1.weight", "dense_1.bias", "dense_2.weight", "dense_2.bias"],
            model.Graph.Parameters.Select(p => p.Name)
        );
        Assert.Equal("Softmax", model.Graph.Operations[^1].Type);
    }

    [Fact]
    public void Given_a_file_of_Keras_1_when_imported_then_its_settings_are_known_by_their_old_names()
    {
        var model = ModelFormats.Import(Path.Combine(KerasChecks.Folder, "files", "keras1.h5"), new());
        Assert.Equal("Keras 1.2.2 (HDF5)", model.Source);
        Assert.Equal(new Optimizer.Sgd(0.5f), model.Training!.Optimizer);
        Assert.Equal([KeyValuePair.Create("d.weight", new ParameterUpdate(L2: 0.5f))], model.Training.Updates);
        Assert.Equal(0.5f, model.Graph.Operations.Single(o => o.Type == "Dropout").Float("ratio", 0));
    }

    [Fact]
    public void Given_a_model_when_imported_then_its_images_are_channels_last()
    {
        var graph = ModelFormats.Import(Path.Combine(KerasChecks.Folder, "cnn", "cnn.h5"), new()).Graph;
        Assert.Equal(Shape.OfBatch(28, 28, 1), graph.Inputs[0].Shape);
        Assert.False(ImageLayout.IsChannelsFirst(graph));
        // One transpose to channels first, and one back before the Flatten.
        Assert.Equal(2, graph.Operations.Count(o => o.Type == "Transpose"));
    }

    private async Task Compare(string folder, string file)
    {
        var model = ModelFormats.Import(Path.Combine(folder, file), new());
        var input = NpyFile.Read(Path.Combine(folder, "input.npy"));
        var expected = NpyFile.Read(Path.Combine(folder, "expected.npy"));
        await device.Run(() =>
            Assert.Null(TensorDifference.Of(expected, KerasRunner.Run(device.Device, model, input)[0], 0, Tolerance))
        );
    }
}
