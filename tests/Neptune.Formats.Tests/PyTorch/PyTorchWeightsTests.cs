using Neptune.ModelGraph;
using static Neptune.Formats.Tests.PyTorchSamples;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Formats.Tests;

/// <summary>Weights of PyTorch on graphs of Neptune's layers.</summary>
public sealed class PyTorchWeightsTests
{
    private const float Epsilon = 1e-5f;

    /// <summary>The net of the mlp_bn files, its layers named as PyTorch names them or as Neptune does.</summary>
    internal static Graph MlpBn(bool named = true, int hidden = 128) =>
        Sequential
            .Of(
                Dense(hidden, name: named ? "layers.0" : null),
                BatchNormalization(0.9f, Epsilon, named ? "layers.1" : null),
                Activate(Activation.Relu),
                Dropout(0.3f),
                Dense(64, name: named ? "layers.4" : null),
                BatchNormalization(0.9f, Epsilon, named ? "layers.5" : null),
                Activate(Activation.Relu),
                Dropout(0.2f),
                Dense(10, name: named ? "layers.8" : null)
            )
            .BuildGraph(Shape.Of(64));

    internal static Graph LeNet(bool named) =>
        Sequential
            .Of(
                Conv2D(6, 5, Activation.Relu, padding: Padding.Same, name: named ? "conv1" : null),
                MaxPooling2D(),
                Conv2D(16, 5, Activation.Relu, name: named ? "conv2" : null),
                MaxPooling2D(),
                Flatten(),
                Dense(120, Activation.Relu, name: named ? "fc1" : null),
                Dense(84, Activation.Relu, name: named ? "fc2" : null),
                Dense(10, name: named ? "fc3" : null)
            )
            .BuildGraph(Shape.Of(28, 28, 1));

    [Theory]
    [InlineData("mlp_bn.state_dict.pt", true)]
    [InlineData("mlp_bn.state_dict.pt", false)]
    [InlineData("mlp_bn.traced.pt", true)]
    [InlineData("mlp_bn.safetensors", true)]
    public async Task Given_the_net_in_Neptune_s_layers_when_it_gets_the_weights_then_answers_are_PyTorch_s(
        string file,
        bool named
    )
    {
        var model = Import(Fixture(file), MlpBn(named));
        Assert.Contains(model.Notes, note => note.Contains("2 counters num_batches", StringComparison.Ordinal));
        Assert.Equal(!named, model.Notes.Any(note => note.Contains("in order: layers.0", StringComparison.Ordinal)));
        await Models.AssertAnswersAsync(model, Npy(Fixture("mlp_bn.input.npy")), Npy(Fixture("mlp_bn.expected.npy")));
    }

    [Theory]
    [InlineData("mlp_bn_checkpoint/mlp_bn.checkpoint.pt", true)]
    [InlineData("mlp_bn_checkpoint/mlp_bn.checkpoint.pt", false)]
    public async Task Given_a_checkpoint_of_training_when_imported_then_the_model_s_part_is_taken(
        string file,
        bool named
    )
    {
        var model = Import(Shared(file), MlpBn(named));
        Assert.Contains("The weights were taken from the checkpoint's entry model_state_dict.", model.Notes);
        Assert.Contains("The prefix module. was taken off all names.", model.Notes);
        await AnswersAsShared(model, "mlp_bn_checkpoint");
    }

    [Theory]
    [InlineData("lenet/lenet.state_dict.pt", true)]
    [InlineData("lenet/lenet.state_dict.pt", false)]
    [InlineData("lenet/lenet.legacy.pt", false)]
    [InlineData("lenet/lenet.scripted.pt", true)]
    [InlineData("lenet/lenet.safetensors", true)]
    public async Task Given_a_net_with_images_when_it_gets_the_weights_then_answers_are_PyTorch_s(
        string file,
        bool named
    ) =>
        // Flatten behind a convolution keeps PyTorch's order; one channel makes the input the same in both layouts.
        await AnswersAsShared(Import(Shared(file), LeNet(named)), "lenet");

    [Fact]
    public void Given_names_and_shapes_that_do_not_fit_when_imported_then_one_error_lists_all()
    {
        var graph = Sequential
            .Of(Dense(127, name: "layers.0"), Dense(64, name: "layers.4"), Dense(10, name: "layers.9"))
            .BuildGraph(Shape.Of(64));
        Says(
            () => Import(Fixture("mlp_bn.state_dict.pt"), graph),
            "mlp_bn.state_dict.pt does not fit graph",
            "Missing in the file: layers.9.weight, layers.9.bias.",
            "In the file, and not in the graph: layers.1.weight, layers.1.bias, layers.1.running_mean, "
                + "layers.1.running_var, layers.5.weight",
            "layers.8.weight, layers.8.bias.",
            "layers.0.weight (in the file Float32 (128, 64), in the graph Float32 (127, 64))",
            "layers.4.weight (in the file Float32 (64, 128), in the graph Float32 (64, 127))",
            "in the same order"
        );
    }

    [Fact]
    public void Given_names_that_contradict_the_order_when_imported_then_nothing_is_guessed()
    {
        // Both layers have the same shapes; only one name is known, and it stands in the other's place.
        var graph = Sequential.Of(Dense(3, name: "b"), Dense(3, name: "c")).BuildGraph(Shape.Of(3));
        Says(() => Map(graph, ordered: true, "a", "b"), "Missing in the file: c.weight, c.bias.");
        var (weights, notes) = Map(graph, ordered: true, "x", "y");
        Assert.Equal(1, weights["b.weight"].Floats[0]);
        Assert.Equal(3, weights["c.weight"].Floats[0]);
        Assert.Contains("x.weight as b.weight", Assert.Single(notes), StringComparison.Ordinal);
        Says(() => Map(graph, ordered: false, "x", "y"), "The format keeps no order");
    }

    [Fact]
    public void Given_no_graph_when_imported_then_the_error_says_that_one_is_needed()
    {
        Says(() => Import(Fixture("mlp_bn.state_dict.pt"), null), "Give the graph that they belong to.");
        Says(() => Import(Fixture("mlp_bn.safetensors"), null), "Give the graph that they belong to.");
    }

    [Fact]
    public void Given_a_name_when_imported_then_the_graph_has_it()
    {
        var options = new ImportOptions { Onto = MlpBn(), Name = "mine" };
        Assert.Equal("mine", new PyTorchWeights().Import(Fixture("mlp_bn.state_dict.pt"), options).Graph.Name);
    }

    [Fact]
    public void Given_other_floating_point_types_when_imported_then_they_become_float32()
    {
        var graph = Sequential.Of(Dense(3, name: "a")).BuildGraph(Shape.Of(3));
        var tensors = Tensors(Fixture("kinds.pt"));
        var half = tensors["float16"];
        foreach (var name in (string[])["float16", "bfloat16", "float64"])
        {
            var (weights, notes) = ParameterMapping.Map(
                "x.pt",
                [
                    new(
                        "a.weight",
                        ElementType.Float32,
                        Shape.Of(3, 3),
                        () => TensorValue.Of(Shape.Of(3, 3), new float[9])
                    ),
                    new("a.bias", tensors[name].Type, Shape.Of(3), () => tensors[name]),
                ],
                ordered: true,
                graph
            );
            Assert.Equal([1.5f, -2.25f], weights["a.bias"].Floats[..2]);
            Assert.Contains("Converted to Float32: a.bias", Assert.Single(notes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Given_a_flatten_whose_order_is_not_PyTorch_s_when_imported_then_it_is_refused()
    {
        Says(
            () => PyTorchDifferences.Check("x.pt", Sequential.Of(Flatten(), Dense(2)).BuildGraph(Shape.Of(4, 4, 3))),
            "operation flatten (Flatten)",
            "reads an image (N, 4, 4, 3)"
        );
        Says(
            () =>
                PyTorchDifferences.Check(
                    "x.pt",
                    Sequential.Of(Conv2D(3, 3), Reshape(-1), Dense(2)).BuildGraph(Shape.Of(4, 4, 3))
                ),
            "operation reshape (Reshape)"
        );
        Says(
            () =>
                PyTorchDifferences.Check(
                    "x.pt",
                    Sequential.Of(Dense(48), Reshape(4, 4, 3), Conv2D(2, 3)).BuildGraph(Shape.Of(5))
                ),
            "operation reshape (Reshape)",
            "makes an image (N, 4, 4, 3)"
        );
        Assert.Empty(PyTorchDifferences.Check("x.pt", LeNet(true)));
        Assert.Empty(
            PyTorchDifferences.Check("x.pt", Sequential.Of(Flatten(), Dense(2)).BuildGraph(Shape.Of(4, 4, 1)))
        );
    }

    [Fact]
    public void Given_layers_that_compute_otherwise_than_PyTorch_s_when_imported_then_notes_say_so()
    {
        var graph = Sequential
            .Of(
                Conv2D(4, 3, strides: 2, padding: Padding.Same),
                BatchNormalization(),
                GlobalAveragePooling2D(),
                Dense(2)
            )
            .BuildGraph(Shape.Of(28, 28, 1));
        var notes = PyTorchDifferences.Check("x.pt", graph).ToArray();
        Assert.Contains(notes, note => note.Contains("epsilon of 1e-5", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains("more at one side in conv2d", StringComparison.Ordinal));
    }

    private static ImportedModel Import(string path, Graph? onto)
    {
        IModelFormat[] formats = [new PyTorchWeights(), new SafeTensorsWeights()];
        return formats
            .Single(format => format.Recognizes(path, File.ReadAllBytes(path).AsSpan(0, 64)))
            .Import(path, new() { Onto = onto });
    }

    private static Task AnswersAsShared(ImportedModel model, string folder) =>
        Models.AssertAnswersAsync(model, Npy(Shared($"{folder}/input.npy")), Npy(Shared($"{folder}/expected.npy")));

    private static (IReadOnlyDictionary<string, TensorValue> Weights, IReadOnlyList<string> Notes) Map(
        Graph graph,
        bool ordered,
        params string[] layers
    )
    {
        var tensors = layers.SelectMany(
            (layer, i) =>
                new[]
                {
                    Of($"{layer}.weight", (2 * i) + 1, Shape.Of(3, 3)),
                    Of($"{layer}.bias", (2 * i) + 2, Shape.Of(3)),
                }
        );
        return ParameterMapping.Map("x.pt", [.. tensors], ordered, graph);

        static NamedTensor Of(string name, float value, Shape shape)
        {
            var elements = new float[shape.ElementCount()];
            elements.AsSpan().Fill(value);
            return new(name, ElementType.Float32, shape, () => TensorValue.Of(shape, elements));
        }
    }

    private static void Says(Action action, params string[] messages)
    {
        var error = Assert.Throws<ModelFileException>(action);
        Assert.All(messages, message => Assert.Contains(message, error.Message, StringComparison.Ordinal));
    }
}
