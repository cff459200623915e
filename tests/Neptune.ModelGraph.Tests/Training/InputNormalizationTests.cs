using System.Collections.Immutable;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public sealed class InputNormalizationTests
{
    private static Graph LastChannels =>
        Sequential.Of(Flatten(), Dense(2)).Compile(Adam(), MeanSquaredError()).Build(Shape.Of(4, 4, 3)).Graph;

    private static Graph FirstChannels
    {
        get
        {
            var assembler = new GraphAssembler("net");
            assembler.AddInput(new("x", ElementType.Float32, Shape.OfBatch(3, 4, 4)));
            assembler.Append(
                new()
                {
                    Name = "pool",
                    Type = "GlobalAveragePool",
                    Inputs = ["x"],
                    Outputs = ["y"],
                }
            );
            return assembler.Build(["y"]);
        }
    }

    [Fact]
    public void Given_mean_and_deviation_when_put_before_then_the_mean_goes_off_first()
    {
        var graph = InputNormalization.Normalize(LastChannels, [0.5f], [0.25f]);

        GraphValidation.Check(graph);
        Assert.Equal(["Constant", "Sub", "Constant", "Div"], graph.Operations.Take(4).Select(o => o.Type));
        Assert.Equal(graph.Inputs[0].Name, graph.Operations[1].Inputs[0]);
        Assert.Equal(graph.Operations[1].Outputs[0], graph.Operations[3].Inputs[0]);
        Assert.Equal(LastChannels.Inputs[0].Shape, graph.Inputs[0].Shape);
    }

    [Fact]
    public void Given_a_value_for_each_channel_when_put_before_then_they_lie_where_the_graph_has_its_channels()
    {
        ImmutableArray<float> values = [1, 2, 3];

        var last = InputNormalization.Normalize(LastChannels, values, []);
        var first = InputNormalization.Normalize(FirstChannels, values, []);

        Assert.Equal(Shape.Of(3), ConstantValue.Of(last.Operations[0]).Shape);
        Assert.Equal(Shape.Of(3, 1, 1), ConstantValue.Of(first.Operations[0]).Shape);
    }

    [Theory]
    [InlineData(new float[] { 1, 2 }, new float[0], "There are 2 values of mean or deviation")]
    [InlineData(new float[0], new float[] { 0 }, "a deviation finite and not 0")]
    [InlineData(new[] { float.NaN }, new float[0], "A mean must be finite")]
    public void Given_values_that_do_not_fit_when_put_before_then_the_error_says_what_would(
        float[] mean,
        float[] deviation,
        string expected
    ) =>
        Assert.Contains(
            expected,
            Assert
                .Throws<GraphException>(() => InputNormalization.Normalize(LastChannels, [.. mean], [.. deviation]))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Given_neither_when_put_before_then_the_graph_stays() =>
        Assert.Equal(
            GraphJson.Sha256(FirstChannels),
            GraphJson.Sha256(InputNormalization.Normalize(FirstChannels, [], []))
        );
}
