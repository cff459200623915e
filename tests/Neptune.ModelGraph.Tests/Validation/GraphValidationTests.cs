using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class GraphValidationTests
{
    private static readonly Graph Good = Sequential.Of(Dense(4, Activation.Relu), Dense(2)).BuildGraph(Shape.Of(3));

    [Fact]
    public void Given_unknown_operators_when_checked_then_all_are_listed_with_their_operations_and_nearest_names()
    {
        var graph = Good with
        {
            Operations =
            [
                Good.Operations[0] with
                {
                    Type = "Gemmm",
                },
                Good.Operations[1] with
                {
                    Type = "Relux",
                },
                Good.Operations[2] with
                {
                    Type = "Gemmm",
                },
            ],
        };

        var error = Assert.Throws<GraphException>(() => GraphValidation.Check(graph));

        Assert.StartsWith(
            "The graph uses 2 operators that are not known:\nGemmm (in dense, dense_1). Did you mean Gemm",
            error.Message
        );
        Assert.Contains("\nRelux (in dense.relu). Did you mean Relu", error.Message);
    }

    [Fact]
    public void Given_operations_out_of_order_when_checked_then_the_missing_value_is_named()
    {
        var graph = Good with { Operations = [.. Good.Operations.Reverse()] };

        Assert.StartsWith(
            "Operation dense_1 (Gemm) reads dense.relu, which nothing before it makes.",
            Assert.Throws<GraphException>(() => GraphValidation.Check(graph)).Message
        );
    }

    public static TheoryData<Func<Graph, Graph>, string> Broken =>
        new()
        {
            { g => g with { Inputs = [] }, "at least one input and one output" },
            { g => g with { Outputs = [] }, "at least one input and one output" },
            { g => g with { Outputs = [g.Outputs[0] with { Name = "dense_2" }] }, "Did you mean dense" },
            {
                g => g with { Outputs = [g.Outputs[0] with { Shape = Shape.OfBatch(9) }] },
                "declared as Float32 (N, 9)"
            },
            { g => g with { Outputs = [g.Outputs[0], g.Outputs[0]] }, "Two outputs are called dense_1" },
            { g => g with { Operations = g.Operations.Add(g.Operations[0]) }, "Two operations are called dense" },
            { g => g with { Parameters = g.Parameters.Add(g.Parameters[0]) }, "A parameter is called dense.weight" },
            {
                g => g with { Operations = g.Operations.Add(g.Operations[0] with { Name = "other" }) },
                "Operation other (Gemm) makes a value that is called dense"
            },
            {
                g => g with { Parameters = g.Parameters.SetItem(0, g.Parameters[0] with { Name = "" }) },
                "0 characters"
            },
            {
                g => g with { Parameters = g.Parameters.SetItem(0, g.Parameters[0] with { Name = "a\ud800" }) },
                "broken Unicode"
            },
            {
                g => g with { Parameters = g.Parameters.SetItem(0, g.Parameters[0] with { Shape = Shape.OfBatch(3) }) },
                "must be fixed numbers"
            },
            {
                g =>
                    g with
                    {
                        Parameters = g.Parameters.SetItem(
                            0,
                            g.Parameters[0] with
                            {
                                Shape = Shape.Of(long.MaxValue, long.MaxValue),
                            }
                        ),
                    },
                "more elements than can be counted"
            },
            {
                g => g with { Parameters = g.Parameters.SetItem(0, g.Parameters[0] with { Shape = Shape.Of(4, 5) }) },
                "the inner lengths 3 and 5 differ"
            },
        };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void Given_a_broken_graph_when_checked_then_the_error_says_where(Func<Graph, Graph> breakIt, string expected)
    {
        GraphValidation.Check(Good);

        Assert.Contains(expected, Assert.Throws<GraphException>(() => GraphValidation.Check(breakIt(Good))).Message);
    }
}
