using Neptune.ModelGraph;
using static Neptune.Formats.Tests.TensorFlowGraphWriter;

namespace Neptune.Formats.Tests;

/// <summary>What cannot be imported says why, and where.</summary>
public sealed class TensorFlowRefusalTests
{
    [Fact]
    public void Given_operators_that_are_not_known_when_imported_then_all_are_listed_with_their_nodes()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 4)
            .Node("Bessel", "b1", "x")
            .Node("Bessel", "b2", "b1")
            .Node("Case", "branches", "b2")
            .Node("DecodeJpeg", "unused", "");
        var error = Assert.Throws<UnsupportedOperatorsException>(graph.Import);
        Assert.Equal(2, error.Problems.Length);
        Assert.Contains("Bessel (in b1, b2): the operator is not known", error.Problems);
        Assert.Contains("Case (in branches): branches that the running graph", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Nodes =>
        new()
        {
            { "training", "is_training is true" },
            { "layout", "data_format is NCHW_VECT_C" },
            { "strides", "along batch and channels only 1 is known" },
            { "padding", "padding is FULL" },
            { "random", "random numbers" },
            { "switch", "what decides is computed when the graph runs" },
            { "dynamic axis", "its axes (input 1) are known only when the graph runs" },
            { "space", "its paddings (input 2) are known only when the graph runs" },
            { "complex", "elements of DT_COMPLEX64 are not computed with" },
            { "mirror", "mode is SYMMETRIC" },
            { "batch_dims", "batch_dims is 1" },
            { "fused", "fused_ops has Unheard" },
        };

    [Theory]
    [MemberData(nameof(Nodes))]
    public void Given_a_form_that_is_not_known_when_imported_then_the_reason_names_it(string form, string expected)
    {
        var graph = new TensorFlowGraphWriter().Placeholder("x", -1, 5, 6, 2).Const("w", [1, 1, 2, 2], 1, 2, 3, 4);
        var strides = Ints("strides", 1, 1, 1, 1);
        _ = form switch
        {
            "training" => graph
                .Const("v", [2], 1, 2)
                .Node("FusedBatchNormV3", "y", "x v v v v", Flag("is_training", true)),
            "layout" => graph.Node("Conv2D", "y", "x w", strides, Text("data_format", "NCHW_VECT_C")),
            "strides" => graph.Node("Conv2D", "y", "x w", Ints("strides", 1, 1, 1, 2)),
            "padding" => graph.Node("Conv2D", "y", "x w", strides, Text("padding", "FULL")),
            "random" => graph
                .Node("Shape", "s", "x")
                .Node("RandomUniform", "r", "s", Type("dtype", Real32))
                .Node("Mul", "y", "x r"),
            "switch" => graph
                .Const("n", [], 0f)
                .Node("Less", "c", "x n")
                .Node("Switch", "s", "x c")
                .Node("Neg", "y", "s:1"),
            "dynamic axis" => graph.Node("Cast", "a", "x", Type("DstT", Whole32)).Node("Sum", "y", "x a"),
            "space" => graph
                .Vector("b", 2, 2)
                .Node("Cast", "p", "x", Type("DstT", Whole32))
                .Node("SpaceToBatchND", "y", "x b p"),
            "complex" => graph.Node("Cast", "y", "x", Type("DstT", 8)),
            "mirror" => graph
                .Const("p", Tensor(Whole32, [4, 2], 0, 0, 0, 0, 0, 0, 0, 0), Whole32)
                .Node("MirrorPad", "y", "x p", Text("mode", "SYMMETRIC")),
            "batch_dims" => graph.Vector("i", 0).Scalar("a", 1).Node("GatherV2", "y", "x i a", Int("batch_dims", 1)),
            _ => graph.Node(
                "_FusedConv2D",
                "y",
                "x w",
                strides,
                Text("padding", "VALID"),
                Texts("fused_ops", "Unheard")
            ),
        };
        var error = Assert.Throws<UnsupportedOperatorsException>(graph.Import);
        Assert.Contains(
            "(in y",
            error.Message.Replace("(in s)", "(in y)", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_an_input_without_a_shape_when_imported_then_the_option_gives_it()
    {
        static TensorFlowGraphWriter Graph() =>
            new TensorFlowGraphWriter().Node("Placeholder", "x", "", Type("dtype", Real32)).Node("Relu", "y", "x");
        var error = Assert.Throws<ModelFileException>(Graph().Import);
        Assert.Contains("input x has no shape in the file", error.Message, StringComparison.Ordinal);
        var model = TensorFlowFormat.Translate(Graph().Read(), null, Shape.Of(3, 2));
        Assert.Equal(Shape.OfBatch(3, 2), model.Graph.Outputs[0].Shape);
    }

    [Fact]
    public void Given_a_training_flag_when_imported_then_it_is_set_for_inference_and_the_import_says_so()
    {
        var model = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 2)
            .Node("Placeholder", "phase_train", "", Type("dtype", 10))
            .Node("Switch", "s", "x phase_train")
            .Node("Neg", "a", "s")
            .Node("Abs", "b", "s:1")
            .Node("Merge", "y", "a b")
            .Import();
        Assert.Equal(["Neg"], model.Graph.Operations.Select(o => o.Type));
        Assert.Equal(["phase_train is false: the model is taken for inference."], model.Notes);
    }

    [Fact]
    public void Given_a_large_graph_when_imported_then_weights_are_copied_once_at_most()
    {
        const int Channels = 512;
        var weights = new byte[Channels * Channels * 3 * 3 * sizeof(float)];
        var tensor = new ProtobufWriter().Int64(1, 1).Message(2, Lengths(3, 3, Channels, Channels)).Bytes(4, weights);
        var bytes = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 8, 8, Channels)
            .Const("w", tensor)
            .Node("Conv2D", "c", "x w", Ints("strides", 1, 1, 1, 1), Text("padding", "SAME"))
            .Vector("s", -1, Channels)
            .Node("Reshape", "r", "c s")
            .Node("MatMul", "y", "r m")
            .Const("m", new ProtobufWriter().Int64(1, 1).Message(2, Lengths(Channels, 9 * Channels)).Bytes(4, weights))
            .Graph()
            .ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var model = TensorFlowFormat.Translate(TensorFlowReader.ReadFrozen(bytes, "m.pb"), null, null);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(2, model.Weights.Count);
        Assert.InRange(allocated, weights.Length, weights.Length + (4 << 20)); // a convolution's, laid out anew
    }

    [Fact]
    public void Given_a_model_of_one_sample_when_imported_then_it_takes_any_batch()
    {
        var model = new TensorFlowGraphWriter()
            .Placeholder("x", 1, 2, 3)
            .Vector("s", 1, 6)
            .Node("Reshape", "r", "x s")
            .Node("Relu", "y", "r")
            .Import();
        Assert.Equal(Shape.OfBatch(2, 3), model.Graph.Inputs[0].Shape);
        Assert.Equal(Shape.OfBatch(6), model.Graph.Outputs[0].Shape);
        Assert.Contains(model.Notes, note => note.Contains("one sample at a time", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x missing", "node y reads missing, which there is not")]
    [InlineData("x z", "node y needs its own output")]
    public void Given_a_graph_that_is_not_sound_when_imported_then_the_error_names_the_node(
        string inputs,
        string expected
    )
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 4)
            .Node("Add", "y", inputs)
            .Node("Neg", "z", "y")
            .Node("Neg", "out", "z");
        var error = Assert.ThrowsAny<ModelFileException>(graph.Import);
        Assert.StartsWith("m.pb: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            expected.Replace("node y needs", "needs", StringComparison.Ordinal),
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("ClipByValue")]
    [InlineData("SelectV2")]
    [InlineData("ConcatV2")]
    [InlineData("Conv2D")]
    [InlineData("GatherV2")]
    [InlineData("FusedBatchNormV3")]
    [InlineData("StridedSlice")]
    public void Given_a_node_with_too_few_inputs_when_imported_then_the_error_names_it(string op)
    {
        var graph = new TensorFlowGraphWriter().Placeholder("x", -1, 5, 6, 2).Node(op, "y", "x");
        var error = Assert.ThrowsAny<ModelFileException>(graph.Import);
        Assert.Contains("y", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_graph_without_outputs_when_imported_then_the_error_says_what_to_do()
    {
        var error = Assert.Throws<ModelFileException>(new TensorFlowGraphWriter().Const("c", [], 1f).Import);
        Assert.Contains("no node computes an output from a Placeholder", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("graph.pbtxt", "node {}", "is a graph as text")]
    [InlineData("other.pb", "\b\u0001", "is the graph of a SavedModel")]
    [InlineData("empty.pb", "", "it holds no nodes")]
    public void Given_a_file_of_another_form_when_imported_then_the_error_says_which(
        string name,
        string text,
        string expected
    )
    {
        var folder = Directory.CreateTempSubdirectory("neptune-tensorflow-").FullName;
        try
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, text);
            var error = Assert.Throws<ModelFileException>(() => ModelFormats.Import(path, new()));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(1000, "should have 400000000 bytes of elements, and the file has 4")]
    [InlineData(1 << 20, "has more than the 2147483591 bytes that a tensor may have")]
    public void Given_one_element_that_stands_for_very_many_when_imported_then_it_is_refused(
        long length,
        string expected
    )
    {
        var tensor = new ProtobufWriter().Int64(1, 1).Message(2, Lengths(length, length, 100)).Float(5, 1);
        var error = Assert.Throws<ModelFileException>(
            new TensorFlowGraphWriter().Placeholder("x", -1, 4).Const("w", tensor).Node("Add", "y", "x w").Import
        );
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
