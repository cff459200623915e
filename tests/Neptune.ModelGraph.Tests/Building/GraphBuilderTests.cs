using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class GraphBuilderTests
{
    [Fact]
    public void Given_a_residual_branch_when_added_then_both_sides_lie_channels_first()
    {
        var g = new GraphBuilder("residual");
        var image = g.Input(8, 8, 4);
        var branch = g.Apply(Conv2D(4, 3, Relu, padding: Padding.Same), image);

        var sum = g.Add(image, branch);
        var graph = g.Build(g.Apply(Dense(10), g.Apply(Flatten(), sum)));

        Assert.Equal("(8, 8, 4)", sum.SampleShape.ToString());
        Assert.Equal("(N, 10)", graph.Outputs[0].Shape.ToString());
        Assert.Single(graph.Operations, o => o.Type == "Transpose");
    }

    [Fact]
    public void Given_shapes_that_do_not_fit_when_added_then_both_are_named_as_the_user_sees_them()
    {
        var g = new GraphBuilder();
        var image = g.Input(8, 8, 4);
        var branch = g.Apply(Conv2D(5, 3, padding: Padding.Same), image);

        var error = Assert.Throws<GraphException>(() => g.Add(image, branch));

        Assert.Contains("input has shape (8, 8, 4) and conv2d has shape (8, 8, 5)", error.Message);
    }

    [Fact]
    public void Given_a_value_of_another_builder_when_used_then_it_is_refused()
    {
        var foreign = new GraphBuilder().Input(3);

        Assert.Throws<ArgumentException>(() => new GraphBuilder().Apply(Dense(2), foreign));
    }

    [Fact]
    public void Given_two_inputs_when_built_then_both_are_inputs_of_the_graph()
    {
        var g = new GraphBuilder();
        var (a, b) = (g.Input(3), g.Input(3));

        var graph = g.Build(g.Apply(Dense(2), g.Multiply(a, b)));

        Assert.Equal(["input", "input_1"], graph.Inputs.Select(i => i.Name));
    }

    [Fact]
    public void Given_branches_when_concatenated_then_channels_lie_side_by_side()
    {
        var g = new GraphBuilder();
        var image = g.Input(8, 8, 4);
        var branch = g.Apply(Conv2D(5, 3, padding: Padding.Same), image);

        var both = g.Concatenate(branch, image);
        var graph = g.Build(both);

        Assert.Equal("(8, 8, 9)", both.SampleShape.ToString());
        Assert.Equal("(N, 8, 8, 9)", graph.Outputs[0].Shape.ToString());
        Assert.Equal(1, graph.Operations.Single(o => o.Type == "Concat").Int("axis", 0));
    }

    [Fact]
    public void Given_features_when_concatenated_then_they_follow_one_another()
    {
        var g = new GraphBuilder();

        Assert.Equal("(7,)", g.Concatenate(g.Input(3), g.Input(4)).SampleShape.ToString());
        Assert.Equal("(5, 7)", g.Concatenate(g.Input(5, 3), g.Input(5, 4)).SampleShape.ToString());
    }

    [Fact]
    public void Given_images_of_two_sizes_when_concatenated_then_both_are_named()
    {
        var g = new GraphBuilder();
        var image = g.Input(8, 8, 4);

        var error = Assert.Throws<GraphException>(() => g.Concatenate(image, g.Apply(MaxPooling2D(), image)));

        Assert.Contains("input has shape (8, 8, 4) and max_pooling2d has shape (4, 4, 4)", error.Message);
        Assert.Throws<GraphException>(() => g.Concatenate());
    }

    [Fact]
    public void Given_a_shared_layer_when_applied_twice_then_there_is_one_set_of_weights()
    {
        var g = new GraphBuilder();
        var (a, b) = (g.Input(3), g.Input(3));
        var encoder = g.Share(Dense(4, Relu));

        var graph = g.Build(g.Concatenate(g.Apply(encoder, a), g.Apply(encoder, b)));

        Assert.Equal(["dense.weight", "dense.bias"], graph.Parameters.Select(p => p.Name));
        Assert.Equal(
            ["dense", "dense_1"],
            graph.Operations.Where(o => o.Inputs.Contains("dense.weight")).Select(o => o.Name)
        );
        Assert.Equal(3 * 4 + 4, ModelSummary.Of(graph).ParameterCount);
    }

    [Fact]
    public void Given_a_shared_layer_when_inputs_differ_then_the_error_says_so()
    {
        var g = new GraphBuilder();
        var encoder = g.Share(Dense(4));
        _ = g.Apply(encoder, g.Input(3));

        var error = Assert.Throws<GraphException>(() => g.Apply(encoder, g.Input(5)));

        Assert.Contains("its weight has shape (4, 3) by its first input, and this input needs (4, 5)", error.Message);
    }

    [Fact]
    public void Given_a_layer_with_running_statistics_when_shared_then_it_is_refused()
    {
        var g = new GraphBuilder();

        Assert.Throws<GraphException>(() => g.Share(BatchNormalization()));
        Assert.Throws<ArgumentException>(() => g.Apply(new GraphBuilder().Share(Dense(2)), g.Input(3)));
    }
}
