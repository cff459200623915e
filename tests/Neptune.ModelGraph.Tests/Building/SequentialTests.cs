using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class SequentialTests
{
    private static readonly Shape Image = Shape.Of(28, 28, 1);

    [Fact]
    public void Given_a_multilayer_perceptron_when_built_then_it_has_gemms_of_torch_layout()
    {
        var model = Sequential.Of(Flatten(), Dense(64, Relu), Dense(64, Relu), Dense(10, Softmax));
        model.Compile(optimizer: Adam(), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()]);

        var training = model.Build(Image);

        Assert.Equal(
            ["flatten", "dense", "dense.relu", "dense_1", "dense_1.relu", "dense_2", "dense_2.softmax"],
            training.Graph.Operations.Select(o => o.Name)
        );
        Assert.Equal(
            [
                "dense.weight (64, 784)",
                "dense.bias (64,)",
                "dense_1.weight (64, 64)",
                "dense_1.bias (64,)",
                "dense_2.weight (10, 64)",
                "dense_2.bias (10,)",
            ],
            training.Graph.Parameters.Select(p => $"{p.Name} {p.Shape}")
        );
        Assert.Equal(new Initializer.GlorotUniform(784, 64), training.Graph.Parameters[0].Initializer);
        Assert.Equal(784 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10, training.Graph.TrainableElementCount);
        Assert.Equal("dense_2.softmax: Float32 (N, 10)", training.Graph.Outputs[0].ToString());
        Assert.Equal("input: Float32 (N, 28, 28, 1)", training.Graph.Inputs[0].ToString());
    }

    [Fact]
    public void Given_a_convolutional_net_when_built_then_one_transpose_leads_into_channels_first()
    {
        var graph = Sequential
            .Of(
                Conv2D(8, 3, Relu, padding: Padding.Same),
                BatchNormalization(),
                MaxPooling2D(2),
                Conv2D(16, (3, 5), strides: 2),
                AveragePooling2D(2),
                Dropout(0.25f),
                Flatten(),
                Dense(10, Softmax)
            )
            .BuildGraph(Image);

        Assert.Equal(
            ["Transpose", "Conv", "Relu", "BatchNormalization", "MaxPool", "Conv", "AveragePool", "Dropout", "Flatten"],
            graph.Operations.Take(9).Select(o => o.Type)
        );
        var shapes = GraphShapes.Infer(graph);
        Assert.Equal("(N, 1, 28, 28)", shapes["to_channels_first"].Shape.ToString());
        Assert.Equal("(N, 8, 28, 28)", shapes["conv2d"].Shape.ToString());
        Assert.Equal("(N, 16, 6, 5)", shapes["conv2d_1"].Shape.ToString());
        Assert.Equal("(N, 16, 3, 2)", shapes["average_pooling2d"].Shape.ToString());
        Assert.Equal("(N, 96)", shapes["flatten"].Shape.ToString());
        Assert.Equal(
            ["batch_normalization.running_mean", "batch_normalization.running_var"],
            graph.Parameters.Where(p => !p.Trainable).Select(p => p.Name)
        );
        Assert.Equal(
            new Initializer.GlorotUniform(15 * 8, 15 * 16),
            graph.Parameters.Single(p => p.Name == "conv2d_1.weight").Initializer
        );
    }

    [Fact]
    public void Given_a_net_that_ends_in_an_image_when_built_then_the_output_is_channels_last()
    {
        var graph = Sequential.Of(Conv2D(5, 3, Softmax)).BuildGraph(Image);

        Assert.Equal("(N, 26, 26, 5)", graph.Outputs[0].Shape.ToString());
        Assert.Equal(1, graph.Operations.Single(o => o.Type == "Softmax").Int("axis", -1));
    }

    [Fact]
    public void Given_a_reshape_behind_a_convolution_when_built_then_it_sees_channels_last()
    {
        var graph = Sequential.Of(Conv2D(4, 3), Reshape(-1, 4), Flatten(), Dense(2)).BuildGraph(Image);

        Assert.Equal(
            ["Transpose", "Conv", "Transpose", "Reshape", "Flatten", "Gemm"],
            graph.Operations.Select(o => o.Type)
        );
    }

    [Fact]
    public void Given_global_average_pooling_when_built_then_dense_follows_without_flatten()
    {
        var graph = Sequential.Of(Conv2D(4, 3), GlobalAveragePooling2D(), Dense(2)).BuildGraph(Image);

        Assert.Equal("(2, 4)", graph.Parameters.Single(p => p.Name == "dense.weight").Shape.ToString());
    }

    [Fact]
    public void Given_an_image_when_it_meets_dense_then_the_error_names_layer_shapes_and_remedy()
    {
        var error = Assert.Throws<GraphException>(() => Sequential.Of(Dense(64), Dense(10)).BuildGraph(Image));

        Assert.Equal(
            "Layer dense (Dense(64)): the input has shape (28, 28, 1), and must be one dimension of features, such as "
                + "(784,). Add Flatten() before Dense(64).",
            error.Message
        );
    }

    [Fact]
    public void Given_features_when_they_meet_a_convolution_then_the_error_says_what_an_image_is()
    {
        var error = Assert.Throws<GraphException>(() => Sequential.Of(Conv2D(8, 3)).BuildGraph(Shape.Of(28, 28)));

        Assert.Equal(
            "Layer conv2d (Conv2D(8, 3x3)): the input has shape (28, 28), and must be an image (height, width, "
                + "channels). Add Reshape(28, 28, 1) before Conv2D(8, 3x3).",
            error.Message
        );
    }

    [Fact]
    public void Given_an_image_smaller_than_the_window_when_built_then_the_error_speaks_height_width_channels()
    {
        var error = Assert.Throws<GraphException>(() =>
            Sequential.Of(MaxPooling2D(4), MaxPooling2D(4), Conv2D(8, 3)).BuildGraph(Image)
        );

        Assert.Equal(
            "Layer conv2d (Conv2D(8, 3x3)): the input has shape (1, 1, 1), which is smaller than the window of 3x3. "
                + "Use padding Same, a smaller window, or fewer layers that shrink the image.",
            error.Message
        );
    }

    [Fact]
    public void Given_no_softmax_when_the_loss_takes_probabilities_then_the_error_offers_both_remedies()
    {
        var model = Sequential.Of(Flatten(), Dense(10)).Compile(Adam(), SparseCategoricalCrossentropy());

        var error = Assert.Throws<GraphException>(() => model.Build(Image));

        Assert.Equal(
            "The loss SparseCategoricalCrossentropy takes probabilities, and the last operation, dense (Gemm), gives "
                + "none. Add Softmax to the last layer, or use SparseCategoricalCrossentropy(fromLogits: true).",
            error.Message
        );
    }

    [Fact]
    public void Given_a_softmax_when_the_loss_takes_logits_then_the_error_says_which_to_leave_out()
    {
        var model = Sequential
            .Of(Flatten(), Dense(10, Softmax))
            .Compile(Sgd(), CategoricalCrossentropy(fromLogits: true));

        var error = Assert.Throws<GraphException>(() => model.Build(Image));

        Assert.Contains("Leave out fromLogits, or the last layer's softmax", error.Message);
    }

    [Fact]
    public void Given_an_input_layer_when_compiled_then_misfits_show_at_once()
    {
        var model = Sequential.Of(Input(28, 28, 1), Flatten(), Dense(10));

        Assert.Throws<GraphException>(() => model.Compile(Adam(), SparseCategoricalCrossentropy()));
        Assert.Equal(
            "(N, 10)",
            model
                .Compile(Adam(), SparseCategoricalCrossentropy(fromLogits: true))
                .Build()
                .Graph.Outputs[0]
                .Shape.ToString()
        );
    }

    [Fact]
    public void Given_an_input_layer_when_the_data_has_another_shape_then_both_are_named()
    {
        var error = Assert.Throws<GraphException>(() =>
            Sequential.Of(Input(8, 8, 1), Flatten(), Dense(10)).BuildGraph(Image)
        );

        Assert.Contains("(8, 8, 1)", error.Message);
        Assert.Contains("(28, 28, 1)", error.Message);
    }

    [Fact]
    public void Given_no_compile_when_built_for_training_then_the_error_says_what_to_call()
    {
        var error = Assert.Throws<GraphException>(() => Sequential.Of(Flatten(), Dense(10)).Build(Image));

        Assert.Contains("Call Compile", error.Message);
    }

    [Fact]
    public void Given_the_same_names_as_text_when_compiled_then_the_graph_is_equal()
    {
        var typed = Sequential.Of(Flatten(), Dense(10, Softmax));
        typed.Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]);
        var named = Sequential.Of(Flatten(), Dense(10, Softmax));
        named.Compile("adam", "sparse_categorical_crossentropy", "accuracy");

        Assert.Equal(GraphJson.Sha256(typed.Build(Image)), GraphJson.Sha256(named.Build(Image)));
    }

    public static TheoryData<Layer[], string> BadLayers =>
        new()
        {
            { [Flatten(), Dropout(1), Dense(2)], "the rate is 1, and must be at least 0 and less than 1" },
            { [Flatten(), Dropout(float.NaN), Dense(2)], "the rate is NaN" },
            { [Flatten(), Dense(0)], "units is 0, and must be at least 1" },
            { [Conv2D(0, 3)], "filters is 0" },
            { [Conv2D(4, (3, 0))], "kernel is 3x0" },
            { [Conv2D(4, 3, strides: -1)], "strides is -1x-1" },
            { [Conv2D(4, 3, groups: 2)], "groups is 2, which does not divide both the 1 channels" },
            { [MaxPooling2D(0)], "pool is 0x0" },
            { [BatchNormalization(momentum: 2)], "momentum is 2" },
            { [BatchNormalization(epsilon: 0)], "epsilon is 0" },
            { [Reshape(5, 5)], "784 elements, and the target has 25" },
            { [Reshape(0, 5)], "lengths must be at least 1" },
            { [Flatten(), Activate((Activation)99)], "activation 99 is not known" },
            { [Flatten(name: "a"), Dense(2, name: "a")], "Two layers are called a" },
        };

    [Theory]
    [MemberData(nameof(BadLayers), DisableDiscoveryEnumeration = true)]
    public void Given_a_setting_out_of_range_when_built_then_the_error_names_it(Layer[] layers, string expected)
    {
        var error = Assert.Throws<GraphException>(() => Sequential.Of(layers).BuildGraph(Image));

        Assert.Contains(expected, error.Message);
    }

    public static TheoryData<Optimizer, string> BadOptimizers =>
        new()
        {
            { Adam(0), "The learning rate is 0" },
            { Adam(float.NaN), "The learning rate is NaN" },
            { Sgd(float.PositiveInfinity), "The learning rate is ∞" },
            { Sgd(momentum: 1), "The momentum is 1" },
            { Sgd(nesterov: true), "Nesterov needs a momentum" },
            { Adam(beta1: 1), "The beta1 is 1" },
            { Adam(epsilon: 0), "The epsilon is 0" },
            { AdamW(weightDecay: -1), "The weight decay is -1" },
        };

    [Theory]
    [MemberData(nameof(BadOptimizers), DisableDiscoveryEnumeration = true)]
    public void Given_an_optimizer_out_of_range_when_compiled_then_the_error_names_it(
        Optimizer optimizer,
        string expected
    )
    {
        var error = Assert.Throws<GraphException>(() => Sequential.Of(Dense(2)).Compile(optimizer, MeanSquaredError()));

        Assert.Contains(expected.Replace("∞", float.PositiveInfinity.ToString()), error.Message);
    }

    [Fact]
    public void Given_a_regression_when_accuracy_is_asked_then_the_error_says_why_not() =>
        Assert.Throws<GraphException>(() => Sequential.Of(Dense(2)).Compile(Adam(), MeanSquaredError(), [Accuracy()]));

    [Fact]
    public void Given_no_layers_or_a_late_input_when_made_then_the_error_says_so()
    {
        Assert.Throws<GraphException>(() => Sequential.Of());
        Assert.Throws<GraphException>(() => Sequential.Of(Input(3)));
        Assert.Throws<GraphException>(() => Sequential.Of(Dense(2), Input(3)));
    }

    [Fact]
    public void Given_a_model_when_built_twice_then_the_bytes_are_equal()
    {
        var model = Sequential.Of(Conv2D(4, 3, Relu), Flatten(), Dense(10, Softmax));
        model.Compile(Adam(), SparseCategoricalCrossentropy());

        Assert.Equal(GraphJson.Write(model.Build(Image)), GraphJson.Write(model.Build(Image)));
    }
}
