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
}
