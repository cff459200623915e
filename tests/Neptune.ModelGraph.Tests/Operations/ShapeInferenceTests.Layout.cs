namespace Neptune.ModelGraph.Tests;

public partial class ShapeInferenceTests
{
    private static TheoryData<string, string, string, string> Layout =>
        new()
        {
            { "Concat", "N,3 N,4", "axis=1", "(N, 7)" },
            { "Concat", "N,3 N,?", "axis=-1", "(N, ?)" },
            { "Concat", "?,3 2,3", "axis=1", "(2, 6)" },
            { "Concat", "N,3 0,3", "axis=0", "(N, 3)" },
            { "Expand", "3,1 [2,1,4]", "", "(2, 3, 4)" },
            { "Expand", "3,1 i:3", "", "(?, 3, ?)" },
            { "Expand", "3,1 i:?", "", "(...)" },
            { "Tile", "N,3 [1,2]", "", "(N, 6)" },
            { "Tile", "N,3 i:2", "", "(?, ?)" },
            { "Pad", "N,3 [0,1,0,2]", "", "(N, 6)" },
            { "Pad", "N,3 [1,-2] - [-1]", "mode=edge", "(N, 2)" },
            { "Pad", "N,3", "pads=0,1,1,0", "(?, 4)" },
            { "Pad", "N,3 i:4", "", "(?, ?)" },
            { "Slice", "N,10 [1] [-1] [1]", "", "(N, 8)" },
            { "Slice", "N,10 [-1] [-100] [1] [-3]", "", "(N, 4)" },
            { "Slice", "N,10 [0] [9223372036854775807]", "", "(N, 10)" },
            { "Slice", "N,10 [1] [5]", "", "(?, 10)" },
            { "Slice", "N,10 i:1 i:1 [1]", "", "(N, ?)" },
            { "Slice", "N,10 i:1 i:1 i:1", "", "(?, ?)" },
            { "Slice", "5,10", "starts=1,2 ends=3,4", "(2, 2)" },
            { "Slice", "5,10", "starts=5, ends=3,", "(0, 10)" },
            { "Split", "N,6", "axis=1", "(N, 6)" },
            { "Split", "N,6 [6]", "axis=1", "(N, 6)" },
            { "Split", "N,6", "axis=1 split=6,", "(N, 6)" },
            { "Split", "N,6 i:1", "axis=1", "(N, ?)" },
            { "Compress", "N,6 b:6", "axis=1", "(N, ?)" },
            { "Compress", "N,6 b:6", "", "(?,)" },
            { "Trilu", "N,3,4 i:()", "upper=0", "(N, 3, 4)" },
            { "Squeeze", "N,1,3,1 [1,-1]", "", "(N, 3)" },
            { "Squeeze", "2,1,3,1", "", "(2, 3)" },
            { "Squeeze", "N,1,3,1", "", "(...)" },
            { "Squeeze", "N,1,3", "axes=1,", "(N, 3)" },
            { "Squeeze", "N,1,3 i:1", "", "(?, ?)" },
            { "Unsqueeze", "N,3 [0,-1]", "", "(1, N, 3, 1)" },
            { "Unsqueeze", "N,3", "axes=1,", "(N, 1, 3)" },
            { "Unsqueeze", "N,3 i:2", "", "(?, ?, ?, ?)" },
            { "DepthToSpace", "N,8,2,3", "blocksize=2 mode=CRD", "(N, 2, 4, 6)" },
            { "SpaceToDepth", "N,2,4,6", "blocksize=2", "(N, 8, 2, 3)" },
            { "ReverseSequence", "4,N,3 i:N", "", "(4, N, 3)" },
            { "Shape", "N,3,4", "", "(3,)" },
            { "Shape", "N,3,4", "start=-2 end=5", "(2,)" },
            { "Size", "N,3,4", "", "()" },
            { "Range", "[1]0 [8]0 [3]0", "", "(3,)" },
            { "Range", "[8]0 [1]0 [-2]0", "", "(4,)" },
            { "Range", "[0]0 [-3]0 [1]0", "", "(0,)" },
            { "Range", "() () ()", "", "(?,)" },
            { "ConstantOfShape", "[2,3]", "", "(2, 3)" },
            { "ConstantOfShape", "i:2", "type=Int64 shape=1, value=AAAAAAAAAAA=", "(?, ?)" },
            { "EyeLike", "N,3", "dtype=Int64 k=1", "(N, 3)" },
        };

    [Theory]
    // Each row: operations as "name = Type(inputs) attributes", and the shape of the last.
    [InlineData("(N, 6)", "s=Shape(x)", "n=Gather(s,[0])", "y=Concat(n,[6])")]
    [InlineData("(N, 3, 2)", "s=Shape(x)", "n=Slice(s,[0],[2])", "y=Concat(n,[2])")]
    [InlineData("(2, N)", "s=Shape(x)", "n=Slice(s,[0],[1])", "y=Concat([2],n)")]
    [InlineData("(3,)", "s=Shape(x)", "y=Slice(s,[1],[2])")]
    [InlineData("(6,)", "s=Shape(x)", "n=Slice(s,[1],[2])", "y=Mul(n,[2])")]
    [InlineData("(1, N)", "s=Shape(x)", "n=Div(s,[3])", "m=Slice(n,[1],[2])", "k=Slice(s,[0],[1])", "y=Concat(m,k)")]
    [InlineData("(N, 4)", "s=Shape(x)", "y=Add(s,[0,1])")]
    [InlineData("(?, 3)", "s=Shape(x)", "y=Sub(s,[1,0])")]
    [InlineData("(N, 3)", "s=Shape(x)", "e=Equal(s,[-1])", "y=Where(e,[1,1],s)")]
    [InlineData("(3, N)", "s=Shape(x)", "y=Gather(s,[1,-2])")]
    [InlineData("(3, N)", "s=Shape(x)", "y=Slice(s,[1],[-3],[0],[-1])")]
    [InlineData("(5, 5)", "y=Expand([5],[2])")]
    [InlineData("(2, 3)", "y=Min([2,7],[4,3])")]
    [InlineData("(1, 2)", "y=Mod([4,-1],[3])")]
    [InlineData("(1, 3, 5)", "y=Range([1]0,[6]0,[2]0)")]
    [InlineData("(N, 3)", "s=Shape(x)", "y=Cast(s)")]
    [InlineData("(?,)", "s=Shape(x)", "p=ReduceProd(s)", "y=Unsqueeze(p,[0])")]
    [InlineData("(?, 3)", "s=Shape(x)", "d=Div(s,[2,1])", "e=Expand(x,[3,1,1])", "r=Reshape(e,d)", "y=Shape(r)")]
    public void Given_arithmetic_of_lengths_when_inferred_then_a_shape_made_of_it_is_known(
        string expected,
        params string[] operations
    )
    {
        var all = new List<Operation>();
        foreach (var text in operations)
        {
            var (name, type, inputs) = (
                text.Split('=')[0],
                text.Split('=')[1].Split('(')[0],
                text.Split('(', 2)[1][..^1]
            );
            var parts = System.Text.RegularExpressions.Regex.Split(inputs, @",(?![^\[]*\])");
            for (var i = 0; i < parts.Length; i++)
            {
                if (parts[i][0] == '[')
                {
                    all.Add(ConstantValue.ToOperation($"{name}_{i}", ParseNumbers(parts[i])));
                    parts[i] = $"{name}_{i}";
                }
            }
            var operation = new Operation
            {
                Name = name,
                Type = type,
                Inputs = [.. parts],
                Outputs = [name],
            };
            all.Add(
                type switch
                {
                    "Concat" => operation with { Attributes = operation.Attributes.SetItem("axis", 0L) },
                    "ReduceProd" => operation with { Attributes = operation.Attributes.SetItem("keepdims", 0L) },
                    "Cast" => operation with { Attributes = operation.Attributes.SetItem("to", "Int32") },
                    _ => operation,
                }
            );
        }
        all.Add(
            new()
            {
                Name = "z",
                Type = "ConstantOfShape",
                Inputs = ["y"],
                Outputs = ["z"],
            }
        );
        var graph = GraphOf("Relu", "N,3", "") with
        {
            Inputs = [new("x", ElementType.Float32, new(Dimension.Batch, 3))],
            Operations = [.. all],
        };

        Assert.Equal(expected, GraphShapes.Infer(graph)["z"].Shape.ToString());
    }

    [Fact]
    public void Given_a_split_when_inferred_then_each_output_has_its_length()
    {
        var graph = GraphOf("Split", "N,7", "axis=1 num_outputs=3");
        var split = graph.Operations[0] with { Outputs = ["a", "b", "c"] };

        var types = GraphShapes.Infer(graph with { Operations = [split] });

        Assert.Equal(["(N, 3)", "(N, 3)", "(N, 1)"], split.Outputs.Select(o => types[o].Shape.ToString()));
    }
}
