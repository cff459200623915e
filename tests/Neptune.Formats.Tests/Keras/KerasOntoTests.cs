using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Formats.Tests;

/// <summary>Weights of a file go onto a graph by the names of layers.</summary>
public sealed class KerasOntoTests(OneDevice device) : IClassFixture<OneDevice>
{
    private static string Files => Path.Combine(KerasChecks.Folder, "files");

    public static TheoryData<string> WeightFiles => [.. KerasChecks.Names("files", ".weights.h5")];

    [Theory]
    [MemberData(nameof(WeightFiles))]
    public void Given_weights_alone_when_put_onto_the_models_graph_then_they_are_those_of_the_whole_model(string file)
    {
        var whole = ModelFormats.Import(
            Path.Combine(Files, file.Replace(".weights", "", StringComparison.Ordinal)),
            new()
        );
        var model = ModelFormats.Import(Path.Combine(Files, file), new() { Onto = whole.Graph });
        Assert.Equal(whole.Weights.Keys, model.Weights.Keys);
        Assert.All(whole.Weights, w => Assert.Null(TensorDifference.Of(w.Value, model.Weights[w.Key], 0, 0)));
    }

    [Theory]
    [InlineData("separable")]
    [InlineData("bidirectional_gru")]
    [InlineData("nested_sequential")]
    public void Given_a_whole_model_when_put_onto_its_own_graph_then_the_weights_are_the_same(string name)
    {
        var path = Path.Combine(Files, $"{name}.keras");
        var whole = ModelFormats.Import(path, new());
        var model = ModelFormats.Import(path, new() { Onto = whole.Graph });
        Assert.All(whole.Weights, w => Assert.Null(TensorDifference.Of(w.Value, model.Weights[w.Key], 0, 0)));
    }

    [Fact]
    public void Given_weights_of_Keras_3_when_put_onto_layers_of_the_same_names_then_all_are_found()
    {
        var model = ModelFormats.Import(Path.Combine(Files, "small.weights3.h5"), new() { Onto = Small("last") });
        Assert.Equal(Shape.Of(3, 1, 2, 2), model.Weights["first.weight"].Shape);
        Assert.Equal(Shape.Of(2, 27), model.Weights["last.weight"].Shape);
        Assert.Equal(8, model.Weights.Count);
    }

    [Fact]
    public void Given_weights_that_do_not_fit_when_put_onto_a_graph_then_all_that_do_not_are_listed()
    {
        var error = Assert.Throws<ModelFileException>(() =>
            ModelFormats.Import(Path.Combine(Files, "small.weights3.h5"), new() { Onto = Small("other", 4) })
        );
        Assert.Contains("Missing in the file: other.weight, other.bias.", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "In the file, and not in the graph: last/vars/0, last/vars/1.",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Of another shape or type: first.weight (in the file first/vars/0 Float32 (2, 2, 1, 3), in the graph Float32 (4, 1, 2, 2))",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_weights_alone_without_a_graph_when_imported_then_the_error_asks_for_one()
    {
        var error = Assert.Throws<ModelFileException>(() =>
            ModelFormats.Import(Path.Combine(Files, "small.weights3.h5"), new())
        );
        Assert.Contains("Give the graph that they belong to", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Given_a_graph_of_layers_that_flattens_by_channels_when_given_weights_then_it_gives_what_the_model_gives() =>
        device.Run(() =>
        {
            var path = Path.Combine(KerasChecks.Folder, "cnn");
            var graph = Sequential
                .Of(
                    Conv2D(8, 3, Relu, padding: Padding.Same, name: "conv_a"),
                    MaxPooling2D(2),
                    Conv2D(16, 3, Relu, name: "conv_b"),
                    MaxPooling2D(2),
                    Flatten(),
                    Dense(64, Relu, name: "hidden"),
                    Dropout(0.25f),
                    Dense(10, Softmax, name: "scores")
                )
                .Compile(Adam(), SparseCategoricalCrossentropy())
                .Build(Shape.Of(28, 28, 1))
                .Graph;
            var model = ModelFormats.Import(Path.Combine(path, "cnn.h5"), new() { Onto = graph });
            var outputs = KerasRunner.Run(device.Device, model, NpyFile.Read(Path.Combine(path, "input.npy")));
            var expected = NpyFile.Read(Path.Combine(path, "expected.npy"));
            Assert.Null(TensorDifference.Of(expected, outputs[0], 0, 1e-4));
        });

    [Fact]
    public void Given_a_graph_that_normalizes_what_it_flattened_by_channels_when_given_weights_then_it_is_refused()
    {
        var graph = Sequential
            .Of(Conv2D(3, 2), Flatten(), BatchNormalization(), Dense(2, Softmax))
            .Compile(Adam(), SparseCategoricalCrossentropy())
            .Build(Shape.Of(4, 4, 1))
            .Graph;
        var error = Assert.Throws<ModelFileException>(() =>
            ModelFormats.Import(Path.Combine(Files, "small.weights3.h5"), new() { Onto = graph })
        );
        Assert.Contains("flattened channel by channel", error.Message, StringComparison.Ordinal);
    }

    private static Graph Small(string last, int filters = 3) =>
        Sequential
            .Of(
                Conv2D(filters, 2, name: "first"),
                BatchNormalization(name: "norm"),
                Flatten(),
                Dense(2, Softmax, name: last)
            )
            .Compile(Adam(), SparseCategoricalCrossentropy())
            .Build(Shape.Of(4, 4, 1))
            .Graph;
}
