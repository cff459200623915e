using Neptune.ModelGraph;
using static Neptune.Formats.Tests.TensorFlowGraphWriter;

namespace Neptune.Formats.Tests;

/// <summary>Loops and lists that cannot be imported say why, where, and what to do.</summary>
public sealed class TensorFlowLoopRefusalTests
{
    private static readonly (string, ProtobufWriter) Real = Type("element_dtype", Real32);

    private static TensorFlowGraphWriter Sequences() =>
        new TensorFlowGraphWriter()
            .Placeholder("x", -1, -1, 3)
            .Layer("lstm", "layer", "x")
            .Node("Identity", "y", "layer");

    [Fact]
    public void Given_sequences_of_any_length_when_imported_then_the_error_asks_for_the_input_shape()
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(Sequences().Import);
        Assert.Contains(
            "StatelessWhile (in layer/while): how often it runs depends on the length of axis 0 of layer/by_step, which the "
                + "file leaves open; give a sample's shape, such as 30,8 for 30 steps of 8 numbers, as the input shape "
                + "(--input-shape)",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_sequences_of_any_length_when_imported_with_an_input_shape_then_they_have_that_length()
    {
        var model = TensorFlowFormat.Translate(Sequences().Read(), null, Shape.Of(7, 3));
        Assert.Equal(Shape.OfBatch(7, 3), model.Graph.Inputs[0].Shape);
        Assert.Equal(14, model.Graph.Operations.Count(o => o.Type == "Tanh"));
    }

    [Fact]
    public void Given_an_input_shape_of_another_rank_when_imported_then_the_error_says_how_many_lengths_it_needs()
    {
        var error = Assert.Throws<ModelFileException>(() =>
            TensorFlowFormat.Translate(Sequences().Read(), null, Shape.Of(7))
        );
        Assert.Contains(
            "a sample of input x has 2 dimensions, and the input shape (7,) (--input-shape) has 1",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("v", "how often it runs depends on data")]
    [InlineData("n", "how often it runs depends on the number of samples")]
    public void Given_a_loop_that_data_decide_when_imported_then_the_error_names_it(string compared, string expected)
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1)
            .Node("Shape", "shape", "x")
            .Vector("from", 0)
            .Vector("to", 1)
            .Node("StridedSlice", "n", "shape from to to", Int("shrink_axis_mask", 1))
            .Node("Cast", "v", "x", Type("DstT", Whole32))
            .Scalar("one", 1)
            .Function("goes", "a b", "r=Less:z:0", NodeDef("Less", "Less", "a b"))
            .Function("more", "a b", "r=Add:z:0 b_out=b", NodeDef("Add", "Add", "a a"))
            .Node("While", "loop", $"one {compared}", Function("cond", "goes"), Function("body", "more"))
            .Node("Cast", "real", "loop", Type("DstT", Real32))
            .Node("Mul", "y", "real x");
        var error = Assert.Throws<UnsupportedOperatorsException>(graph.Import);
        Assert.Contains($"While (in loop): {expected}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_branch_that_data_decide_when_imported_then_the_error_names_it()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1)
            .Scalar("zero", 0)
            .Node("Sum", "sum", "x zero")
            .Function("same", "v", "r=v")
            .Node("If", "y", "sum x", Function("then_branch", "same"), Function("else_branch", "same"));
        var error = Assert.Throws<UnsupportedOperatorsException>(graph.Import);
        Assert.Contains("If (in y): which branch it takes depends on data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_loop_of_very_many_rounds_when_imported_then_the_error_says_how_many_nodes_are_possible()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 3)
            .Loop("loop", 1 << 30, ["v"], "x", ["sum:z:0"], NodeDef("AddV2", "sum", "v v"))
            .Node("Neg", "y", "loop:1");
        var error = Assert.Throws<ModelFileException>(graph.Import);
        Assert.Contains(
            "node loop (While): its loops and lists have more than 65536 nodes when they are unrolled. Where the "
                + "file leaves the length of sequences open, give a shorter one (--input-shape)",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_loops_in_loops_when_imported_then_their_nodes_are_counted_together()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 3)
            .Functions("inner", 1000, ["v"], ["sum:z:0"], NodeDef("AddV2", "sum", "v v"))
            .Loop(
                "outer",
                1000,
                ["v"],
                "x",
                ["in:output:1"],
                TensorFlowRecurrentWriter.Scalar("zero", 0),
                NodeDef(
                    "While",
                    "in",
                    "zero:output:0 v",
                    Function("cond", "inner_cond"),
                    Function("body", "inner_body")
                )
            )
            .Node("Neg", "y", "outer:1");
        var error = Assert.Throws<ModelFileException>(graph.Import);
        Assert.Contains("node outer (While): its loops", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_body_that_loops_over_itself_when_imported_then_recursion_is_refused()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 3)
            .Loop(
                "loop",
                2,
                ["v"],
                "x",
                ["in:output:1"],
                TensorFlowRecurrentWriter.Scalar("zero", 0),
                NodeDef("While", "in", "zero:output:0 v", Function("cond", "loop_cond"), Function("body", "loop_body"))
            )
            .Node("Neg", "y", "loop:1");
        var error = Assert.Throws<ModelFileException>(graph.Import);
        Assert.Contains("loop_body calls itself. Recursion is not known.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cond", "node loop calls a function that there is not")]
    [InlineData("inputs", "it has 3 inputs, and its functions take another number of them")]
    [InlineData("results", "its body takes 2 values and gives 1")]
    [InlineData("branch", "it gives 2 arguments to a branch that takes 1")]
    public void Given_a_loop_that_is_not_sound_when_imported_then_the_error_says_why(string form, string expected)
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 3)
            .Scalar("zero", 0)
            .Function("goes", "i v", "r=Less:z:0", NodeDef("Less", "Less", "i i"))
            .Function("both", "i v", "a=i b=v")
            .Function("one", "i v", "a=i")
            .Function("same", "v", "r=v");
        _ = form switch
        {
            "cond" => graph.Node("While", "loop", "zero x", Function("cond", "no"), Function("body", "both")),
            "inputs" => graph.Node("While", "loop", "zero x x", Function("cond", "goes"), Function("body", "both")),
            "results" => graph.Node("While", "loop", "zero x", Function("cond", "goes"), Function("body", "one")),
            _ => graph.Node("If", "loop", "zero x x", Function("then_branch", "same"), Function("else_branch", "same")),
        };
        var error = Assert.Throws<ModelFileException>(graph.Node("Neg", "y", "loop:1").Import);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("outside", "it sets element 3 of a list of 3")]
    [InlineData("read outside", "it reads element 3 of a list of 3")]
    [InlineData("never set", "it reads element 1, which was never set, and whose shape is not known")]
    [InlineData("negative", "its place is -1, and must be one number from 0")]
    [InlineData("type", "element 1 is of Int32, in a list of Float32")]
    [InlineData("shape", "element 1 is (N, 3), in a list of elements of (-1, 4)")]
    [InlineData("no list", "its input 0 is no list of tensors")]
    [InlineData("empty", "it takes the last element of an empty list")]
    [InlineData("places", "it puts 3 elements to 2 places")]
    [InlineData("length", "have more than 65536 nodes")]
    public void Given_a_list_that_is_misused_when_imported_then_the_error_says_how(string form, string expected)
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 3)
            .Vector("shape", -1, 3)
            .Vector("four", -1, 4)
            .Scalar("unsaid", -1)
            .Scalar("minus", -1)
            .Scalar("one", 1)
            .Scalar("three", 3)
            .Scalar("many", 1 << 30)
            .Node("TensorListReserve", "list", form == "shape" ? "four three" : "unsaid three", Real)
            .Node("TensorListReserve", "long", "shape many", Real)
            .Node("EmptyTensorList", "none", "shape minus", Real)
            .Node("Cast", "whole", "x", Type("DstT", Whole32))
            .Vector("two_places", 0, 1)
            .Node("TensorArrayV3", "array", "three", Type("dtype", Real32))
            .Const("elements", [3, 1], 1, 2, 3);
        _ = form switch
        {
            "outside" => graph.Node("TensorListSetItem", "bad", "list three x", Real),
            "read outside" => graph.Node("TensorListGetItem", "bad", "list three unsaid", Real),
            "never set" => graph.Node("TensorListGetItem", "bad", "list one unsaid", Real),
            "negative" => graph.Node("TensorListSetItem", "bad", "list minus x", Real),
            "type" => graph.Node("TensorListSetItem", "bad", "list one whole", Real),
            "shape" => graph.Node("TensorListSetItem", "bad", "list one x", Real),
            "no list" => graph.Node("TensorListGetItem", "bad", "x one shape", Real),
            "empty" => graph.Node("TensorListPopBack", "bad", "none shape", Real),
            "places" => graph.Node("TensorArrayScatterV3", "bad", "array two_places elements array:1"),
            _ => graph.Node("TensorListStack", "bad", "long shape", Real),
        };
        graph.Node("Pack", "y", "bad x", Int("axis", 0));
        var error = Assert.ThrowsAny<ModelFileException>(graph.Import);
        Assert.Contains("node bad (", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_list_as_an_output_when_imported_then_the_error_says_that_it_is_one()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 3)
            .Vector("shape", -1, 3)
            .Scalar("one", 1)
            .Node("TensorListReserve", "list", "shape one", Real)
            .Node("TensorListPushBack", "y", "list x", Real);
        var error = Assert.Throws<UnsupportedOperatorsException>(graph.Import);
        Assert.Contains("it reads a list of tensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_layer_in_the_form_of_cuDNN_when_imported_then_it_is_refused_by_name()
    {
        var graph = new TensorFlowGraphWriter().Placeholder("x", -1, 5, 3).Node("CudnnRNNV3", "y", "x x x x x");
        var error = Assert.Throws<UnsupportedOperatorsException>(graph.Import);
        Assert.Contains(
            "CudnnRNNV3 (in y): recurrent layers in cuDNN's own form",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_a_layer_for_the_GPU_when_imported_then_the_plain_function_of_the_same_layer_is_taken()
    {
        static (string, ProtobufWriter)[] Settings(string device) =>
            [Text("api_implements", "gru_1"), Text("api_preferred_device", device)];
        var model = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 5, 3)
            .Function("gpu", "v", "r=CudnnRNN:output:0", Settings("GPU"), NodeDef("CudnnRNN", "CudnnRNN", "v v v v"))
            .Function("plain", "v", "r=Neg:y:0", Settings("CPU"), NodeDef("Neg", "Neg", "v"))
            .Node("PartitionedCall", "y", "x", Function("f", "gpu"))
            .Import();
        Assert.Equal(["Neg"], model.Graph.Operations.Select(o => o.Type));
    }

    [Fact]
    public void Given_a_loop_without_its_end_when_imported_then_its_nodes_are_refused()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 3)
            .Node("Enter", "e", "x", Text("frame_name", "f"))
            .Node("Merge", "m", "e n")
            .Node("NextIteration", "n", "m")
            .Node("Neg", "y", "m");
        var error = Assert.Throws<UnsupportedOperatorsException>(graph.Import);
        Assert.Contains("it belongs to no whole loop", error.Message, StringComparison.Ordinal);
    }
}
