using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class InferenceGraphsTests
{
    [Fact]
    public void Given_dropouts_in_a_row_when_made_for_inference_then_their_readers_read_what_they_read()
    {
        var model = Sequential.Of(Dense(4), Dropout(0.5f), Dropout(0.2f), Dense(2, Activation.Softmax));
        var training = model.Compile(Adam(), SparseCategoricalCrossentropy()).Build(Shape.Of(3));

        var inference = InferenceGraphs.From(training);

        Assert.Equal(["dense", "dense_1", "dense_1.softmax"], inference.Graph.Operations.Select(o => o.Name));
        Assert.Equal("dense", inference.Graph.Operations[1].Inputs[0]);
        Assert.False(inference.OutputIsLogits);
    }

    [Fact]
    public void Given_a_dropout_that_makes_the_output_when_made_for_inference_then_the_output_keeps_its_name()
    {
        var model = Sequential.Of(Dense(4), Dropout(0.5f));
        var training = model.Compile(Adam(), MeanSquaredError()).Build(Shape.Of(3));

        var inference = InferenceGraphs.From(training);

        Assert.Equal(training.Graph.Outputs, inference.Graph.Outputs);
        Assert.Equal("Identity", inference.Graph.Operations[^1].Type);
    }

    [Theory]
    [InlineData(Activation.Linear, true, true)]
    [InlineData(Activation.LogSoftmax, false, true)]
    [InlineData(Activation.Softmax, false, false)]
    public void Given_a_classifier_when_made_for_inference_then_it_says_whether_a_softmax_must_follow(
        Activation last,
        bool fromLogits,
        bool expected
    )
    {
        var model = Sequential.Of(Dense(4, last)).Compile(Adam(), SparseCategoricalCrossentropy(fromLogits));

        Assert.Equal(expected, InferenceGraphs.From(model.Build(Shape.Of(3))).OutputIsLogits);
    }

    [Fact]
    public void Given_any_model_when_made_for_inference_then_the_weights_hash_stays() =>
        RandomGraphs.Package.Sample(
            package =>
            {
                var inference = package.ToInference();
                Assert.Equal(package.WeightsSha256, WeightsHash.Of(inference.Graph.Graph, inference.Weights));
                Assert.DoesNotContain(inference.Graph.Graph.Operations, o => OperationRegistry.IsTrainingOnly(o.Type));
            },
            iter: 100
        );
}
