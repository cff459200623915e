using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Imported graphs can be trained on.</summary>
public sealed class TensorFlowFineTuningTests(OneDevice device) : IClassFixture<OneDevice>
{
    private static ImportedModel Digits() =>
        ModelFormats.Import(Path.Combine(AppContext.BaseDirectory, "fixtures", "tensorflow", "digits_cnn.pb"), new());

    [Fact]
    public void Given_a_frozen_graph_when_imported_then_weights_bear_the_layers_names_and_statistics_are_not_trained()
    {
        var model = Digits();
        Assert.Equal(
            [
                "bn/beta",
                "bn/gamma",
                "bn/moving_mean",
                "bn/moving_variance",
                "conv1/bias",
                "conv1/kernel",
                "conv2/kernel",
                "dense/bias",
                "dense/kernel",
                "dense_1/bias",
                "dense_1/kernel",
            ],
            model.Graph.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(
            model.Graph.Parameters,
            p => Assert.Equal(!p.Name.Contains("moving", StringComparison.Ordinal), p.Trainable)
        );
        Assert.Single(model.Graph.Operations, o => o.Type == "BatchNormalization");
        Assert.Null(model.Training);
    }

    [Fact]
    public void Given_a_frozen_graph_when_prepared_for_training_then_layers_freeze_and_the_head_is_drawn_anew()
    {
        var model = Digits();
        var tuned = FineTuning.Prepare(
            model.Graph,
            model.Weights,
            Shape.Of(8, 8, 1),
            new()
            {
                Freeze = ["conv*"],
                ResetHead = 3,
                HasClasses = true,
            }
        );
        var parameters = tuned.Graph.Graph.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        Assert.False(parameters["conv1/kernel"].Trainable);
        Assert.True(parameters["dense/kernel"].Trainable);
        Assert.Equal(3, parameters["dense_1/kernel"].Shape[1].Length);
        Assert.Equal(Shape.Of(3), tuned.Weights["dense_1/bias"].Shape);
        Assert.Equal(Shape.OfBatch(3), tuned.Graph.Graph.Outputs[0].Shape);
        Assert.Equal(model.Weights["conv1/kernel"].Bytes.ToArray(), tuned.Weights["conv1/kernel"].Bytes.ToArray());
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("gru_reset_before")]
    public Task Given_an_unrolled_layer_when_trained_on_then_its_weights_change_and_the_loss_falls(string kind)
    {
        const int Samples = 16;
        const int Steps = 6;
        var model = new TensorFlowGraphWriter()
            .Placeholder("x", -1, Steps, TensorFlowRecurrentLayers.Inputs)
            .Layer(kind, "layer", "x")
            .Const("head/kernel", [TensorFlowRecurrentLayers.Units, 2], TensorFlowMaths.Numbers(8, 31))
            .Const("head/bias", [2], 0, 0)
            .Node("MatMul", "product", "layer head/kernel")
            .Node("BiasAdd", "y", "product head/bias")
            .Import();
        Assert.All(model.Graph.Parameters, p => Assert.True(p.Trainable, p.Name));
        var tuned = FineTuning.Prepare(
            model.Graph,
            model.Weights,
            Shape.Of(Steps, TensorFlowRecurrentLayers.Inputs),
            new() { HasClasses = true, Optimizer = new Optimizer.Sgd(0.5f) }
        );
        var features = TensorFlowMaths.Numbers(Samples * Steps * TensorFlowRecurrentLayers.Inputs, 41);
        // The class is the sign of a sample's first number: what the loop must carry to the end.
        var classes = Enumerable
            .Range(0, Samples)
            .Select(i => features[i * Steps * TensorFlowRecurrentLayers.Inputs] > 0 ? 1L : 0);
        var batch = new ShardBatch(Samples, features) { Classes = classes.ToArray() };
        return device.Run(() =>
        {
            using var replica = new Replica(device.Device, tuned.Graph, seed: 3, tuned.Weights);
            using var exchange = replica.NewExchangeBuffer();
            var losses = new List<double>();
            for (var step = 0; step < 60; step++)
            {
                losses.Add(replica.ForwardBackward(batch, new(3, 0, step, 0), exchange).LossSum);
                replica.Apply(exchange.Span);
            }
            Assert.True(losses[^1] < 0.5 * losses[0], $"{losses[0]} became {losses[^1]}");
            var trained = replica.ExportWeights();
            Assert.All(
                model.Graph.Parameters,
                p => Assert.NotEqual(model.Weights[p.Name].Floats.ToArray(), trained[p.Name].Floats.ToArray())
            );
        });
    }

    [Fact]
    public void Given_a_layer_that_slices_its_weights_when_used_twice_then_the_slices_are_the_same_parameters()
    {
        static int Parameters(Action<TensorFlowGraphWriter> uses)
        {
            var graph = new TensorFlowGraphWriter()
                .Placeholder("x", -1, 4)
                .Const("w", [4, 4], TensorFlowMaths.Numbers(16))
                .Vector("a", 0, 0)
                .Vector("b", 4, 2)
                .Vector("c", 0, 2)
                .Vector("d", 4, 4)
                .Vector("ones", 1, 1)
                .Node("StridedSlice", "left", "w a b ones")
                .Node("StridedSlice", "left_again", "w a b ones")
                .Node("StridedSlice", "right", "w c d ones");
            uses(graph);
            return graph.Import().Graph.Parameters.Length;
        }
        Assert.Equal(
            1,
            Parameters(g => g.Node("MatMul", "p", "x left").Node("MatMul", "q", "x left_again").Node("Mul", "y", "p q"))
        );
        Assert.Equal(
            2,
            Parameters(g => g.Node("MatMul", "p", "x left").Node("MatMul", "q", "x right").Node("Mul", "y", "p q"))
        );
    }
}
