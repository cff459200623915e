namespace Neptune.Formats.Tests;

/// <summary>What a model file says, and files that say it wrongly.</summary>
public sealed class OnnxReaderTests
{
    [Fact]
    public void Given_all_that_a_model_may_say_when_read_then_it_is_there()
    {
        var model = OnnxReader.ReadModel(OnnxBytes.Model().ToArray(), "m.onnx");
        Assert.Equal(
            (9L, "writer", "1.2", "org.example", "about it"),
            (model.IrVersion, model.ProducerName, model.ProducerVersion, model.Domain, model.DocString)
        );
        Assert.Equal([new("", 18), new("own", 1)], model.OpsetImports);
        Assert.Equal([new("author", "somebody")], model.MetadataProps);
        var graph = model.Graph;
        Assert.Equal("g", graph.Name);
        var node = Assert.Single(graph.Nodes);
        Assert.Equal(("n", "Conv", "", "why"), (node.Name, node.OpType, node.Domain, node.DocString));
        Assert.Equal(["x", "", "w"], node.Inputs);
        Assert.Equal(["y"], node.Outputs);
        Assert.Equal([2L, -1], node.Attribute("pads")!.Ints);
        Assert.Equal(OnnxAttributeKind.Ints, node.Attribute("pads")!.Kind);
        Assert.Equal(0.5f, node.Attribute("alpha")!.F);
        Assert.Equal("SAME", node.Attribute("auto_pad")!.Text);
        Assert.Equal("inner", node.Attribute("body")!.G!.Name);
        Assert.Null(node.Attribute("none"));
        Assert.Equal(["w", "halves"], graph.Initializers.Select(tensor => tensor.Name));
        Assert.Equal("s", Assert.Single(graph.SparseInitializers));
        Assert.Equal([new(null, "N"), new(3, null), new(null, null)], graph.Inputs[0].Type.Dimensions!.Value);
        Assert.Equal((OnnxValueKind.Tensor, 1), (graph.Inputs[0].Type.Kind, graph.Inputs[0].Type.ElementType));
        Assert.Equal(OnnxValueKind.Sequence, graph.Outputs[0].Type.Kind);
        Assert.Equal(
            (7, null),
            (graph.Outputs[0].Type.Element!.ElementType, graph.Outputs[0].Type.Element!.Dimensions)
        );
        Assert.Equal(OnnxType.Unknown, Assert.Single(graph.ValueInfos).Type);
        var function = Assert.Single(model.Functions);
        Assert.Equal(("Twice", "own"), (function.Name, function.Domain));
        Assert.Equal("Add", Assert.Single(function.Nodes).OpType);
    }

    [Fact]
    public void Given_no_graph_or_two_when_read_then_the_error_says_so()
    {
        Refused([], "m.onnx: it holds no graph");
        Refused(new ProtobufWriter().Int64(1, 9).ToArray(), "it holds no graph");
        var twice = new ProtobufWriter().Message(7, new()).Message(7, new()).ToArray();
        Refused(twice, "m.onnx: byte 2: a graph stands here a second time");
    }

    [Fact]
    public void Given_two_versions_of_one_domain_when_read_then_the_error_names_both()
    {
        var bytes = new ProtobufWriter()
            .Message(8, new ProtobufWriter().Text(1, "").Int64(2, 13))
            .Message(8, new ProtobufWriter().Text(1, "ai.onnx").Int64(2, 18));
        Refused(bytes.ToArray(), "in version 13 and in 18");
    }

    [Fact]
    public void Given_graphs_in_nodes_in_graphs_without_end_when_read_then_the_depth_is_the_reason()
    {
        var graph = new ProtobufWriter().Text(2, "innermost");
        for (var i = 0; i < 40; i++)
        {
            var attribute = new ProtobufWriter().Text(1, "body").Message(6, graph);
            graph = new ProtobufWriter().Message(1, new ProtobufWriter().Message(5, attribute));
        }
        Refused(new ProtobufWriter().Message(7, graph).ToArray(), "messages deep");
    }

    [Fact]
    public void Given_a_file_cut_off_anywhere_when_read_then_the_error_names_it()
    {
        var bytes = OnnxBytes.Model().ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            try
            {
                OnnxReader.ReadModel(bytes.AsMemory(0, length), "cut.onnx");
            }
            catch (ModelFileException e)
            {
                Assert.StartsWith("cut.onnx: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Given_no_file_when_read_then_the_error_names_the_path()
    {
        var error = Assert.Throws<ModelFileException>(() => OnnxReader.ReadModel("/no/such/model.onnx"));
        Assert.Contains("/no/such/model.onnx cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_sequence_in_place_of_a_tensor_when_read_then_the_error_says_so()
    {
        var tensor = new ProtobufWriter().Int64(1, 1).Int64(2, 1).Bytes(9, new byte[4]);
        var sequence = new ProtobufWriter().Text(1, "s").Int64(2, 1).Message(3, tensor).ToArray();
        var empty = new ProtobufWriter().Text(1, "s").Int64(2, 1).ToArray();
        foreach (var bytes in (byte[][])[sequence, empty])
        {
            var error = Assert.Throws<ModelFileException>(() => OnnxReader.ReadTensor(bytes, "input_0.pb"));
            Assert.Matches("^input_0.pb: byte .* sequence or .*optional value", error.Message);
        }
        Assert.Equal(1, OnnxReader.ReadTensor(tensor.ToArray(), "input_0.pb").DataType);
    }

    [Fact]
    public void Given_a_large_model_when_read_then_it_takes_no_memory_beyond_its_file()
    {
        var path = Path.Combine(Path.GetTempPath(), $"neptune-{Guid.NewGuid():N}.onnx");
        const int Size = 40_000_000;
        var weight = OnnxBytes.Tensor("w", 1, Size / 4).Bytes(9, new byte[Size]);
        try
        {
            using (var file = File.Create(path))
            {
                new ProtobufWriter().Message(7, new ProtobufWriter().Message(5, weight)).WriteTo(file);
            }
            var before = GC.GetAllocatedBytesForCurrentThread();
            var model = OnnxReader.ReadModel(path);
            var value = OnnxTensors.ToValue(model.Graph.Initializers[0], Path.GetTempPath());
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(Size, value.Bytes.Length);
            Assert.InRange(allocated, Size, 1.5 * Size);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Refused(byte[] bytes, string reason)
    {
        var error = Assert.Throws<ModelFileException>(() => OnnxReader.ReadModel(bytes, "m.onnx"));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
