using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Imported graphs can be trained on.</summary>
public sealed class TensorFlowFineTuningTests
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
}
