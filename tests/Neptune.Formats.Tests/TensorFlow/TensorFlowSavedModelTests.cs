using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>SavedModels that were written for the test: variables, functions, checkpoints of several files.</summary>
public sealed class TensorFlowSavedModelTests(OneDevice device) : IClassFixture<OneDevice>, IDisposable
{
    private static readonly float[] First = [1, 2, -1, 0.5f];
    private static readonly float[] Second = [0.25f, -1, 1, 3];

    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-tensorflow-").FullName;

    private string Variables => Path.Combine(_folder, "variables");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Given_variables_of_one_name_when_imported_then_the_restoring_function_tells_them_apart(int shards)
    {
        WriteLayers(shards);
        var model = ModelFormats.Import(_folder, new());
        Assert.Equal("TensorFlow SavedModel (2.99.0)", model.Source);
        Assert.Equal(["kernel", "kernel_1"], model.Graph.Parameters.Select(p => p.Name).Order());
        Assert.All(model.Graph.Parameters, p => Assert.True(p.Trainable));
        Assert.Equal(["in"], model.Graph.Inputs.Select(i => i.Name));
        Assert.Equal(["out"], model.Graph.Outputs.Select(o => o.Name));
        await device.Run(() =>
        {
            var y = TensorFlowRun.Of(device, model, ("in", TensorValue.Of(Shape.Of(1, 2), [0.3f, -0.2f])))[0].Floats;
            var hidden = Layer([0.3f, -0.2f], First);
            var expected = Layer(hidden, Second);
            Assert.Equal(expected[0], y[0], 1e-5f);
            Assert.Equal(expected[1], y[1], 1e-5f);
        });
    }

    [Fact]
    public void Given_a_usual_signature_of_texts_when_another_takes_numbers_then_that_one_is_imported()
    {
        const int Texts = 7;
        var graph = new TensorFlowGraphWriter()
            .Node("Placeholder", "examples", "", TensorFlowGraphWriter.Type("dtype", Texts))
            .Node("DecodeRaw", "decoded", "examples")
            .Placeholder("x", -1, 2)
            .Node("Tanh", "y", "x")
            .Node("Tanh", "z", "decoded");
        var bytes = TensorFlowSavedModelWriter.Bytes(
            graph,
            ("serving_default", TensorFlowSavedModelWriter.Signature("examples:0", Texts, [-1], "z:0")),
            ("numbers", TensorFlowSavedModelWriter.Signature("x:0", TensorFlowGraphWriter.Real32, [-1, 2], "y:0"))
        );
        File.WriteAllBytes(Path.Combine(_folder, "saved_model.pb"), bytes);
        var model = ModelFormats.Import(_folder, new());
        Assert.Equal(["Tanh"], model.Graph.Operations.Select(o => o.Type));
        Assert.Contains(
            "The signature numbers was taken; the file has serving_default too.",
            Assert.Single(model.Notes),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_a_placeholder_that_nothing_depends_on_when_imported_then_it_is_no_input_and_takes_no_shape()
    {
        var path = Path.Combine(_folder, "frozen.pb");
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 2)
            .Node("Placeholder", "dropout", "", TensorFlowGraphWriter.Type("dtype", TensorFlowGraphWriter.Real32))
            .Node("Tanh", "y", "x");
        File.WriteAllBytes(path, graph.Graph().ToArray());
        Assert.Equal(["x"], ModelFormats.Import(path, new()).Graph.Inputs.Select(i => i.Name));
        var given = ModelFormats.Import(path, new() { InputShape = Shape.Of(3) });
        Assert.Contains(
            "(--input-shape) is not used: the file says x (N, 2)",
            Assert.Single(given.Notes),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_the_graph_in_a_SavedModel_when_named_then_its_folder_is_read()
    {
        WriteLayers(1);
        Assert.Equal(2, ModelFormats.Import(Path.Combine(_folder, "saved_model.pb"), new()).Graph.Parameters.Length);
    }

    [Fact]
    public void Given_an_object_graph_when_nothing_restores_then_it_tells_the_variables_keys()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 2)
            .Node("VarHandleOp", "handle", "", TensorFlowGraphWriter.Text("shared_name", "dense/kernel"))
            .Node("ReadVariableOp", "read", "handle")
            .Node("MatMul", "y", "x read");
        const string Key = "layer/kernel/.ATTRIBUTES/VARIABLE_VALUE";
        TensorFlowBundleWriter.Write(
            Variables,
            1,
            [(Key, [2, 2], First)],
            TensorFlowSavedModelWriter.ObjectGraph(("dense/kernel", Key))
        );
        Save(graph, "x", "y:0");
        Assert.Equal(First, ModelFormats.Import(_folder, new()).Weights["handle"].Floats.ToArray());
    }

    [Fact]
    public void Given_variables_of_the_first_TensorFlow_when_imported_then_their_names_are_the_keys()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 2)
            .Node("VariableV2", "w", "")
            .Node("Identity", "w/read", "w")
            .Node("MatMul", "y", "x w/read");
        TensorFlowBundleWriter.Write(Variables, 2, [("w", [2, 2], First), ("w/Adam", [2, 2], Second)]);
        Save(graph, "x", "y:0");
        var model = ModelFormats.Import(_folder, new());
        Assert.Equal(First, model.Weights["w"].Floats.ToArray());
        Assert.Single(model.Weights);
    }

    [Fact]
    public void Given_a_table_packed_by_Snappy_when_read_then_its_entries_are_those()
    {
        var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < 40; i++)
        {
            entries[$"layer_{i:D2}/kernel"] = [.. Enumerable.Range(0, i).Select(n => (byte)n)];
        }
        var read = SortedTable.Read(TensorFlowBundleWriter.Table(entries, 10, isPacked: true), "t");
        Assert.Equal(entries.Keys, read.Select(e => e.Key));
        Assert.Equal(entries.Values, read.Select(e => e.Value.ToArray()));
    }

    [Fact]
    public void Given_a_block_of_copies_when_unpacked_then_they_may_overlap_what_they_make()
    {
        // 11 bytes: the literal "ab", and 9 bytes that begin 2 bytes before: of two bytes, and of one byte.
        Assert.Equal(
            "abababababa"u8.ToArray(),
            SnappyBlock.TryUnpack([11, 1 << 2, (byte)'a', (byte)'b', (8 << 2) | 2, 2, 0])
        );
        Assert.Equal("ababab"u8.ToArray(), SnappyBlock.TryUnpack([6, 1 << 2, (byte)'a', (byte)'b', 1, 2]));
        Assert.Null(SnappyBlock.TryUnpack([6, 1 << 2, (byte)'a', (byte)'b', 1, 3]));
        Assert.Null(SnappyBlock.TryUnpack([7, 1 << 2, (byte)'a', (byte)'b', 1, 2]));
    }

    [Fact]
    public void Given_a_damaged_tensor_when_imported_then_its_checksum_says_so()
    {
        WriteLayers(1);
        var path = Path.Combine(Variables, "variables.data-00000-of-00001");
        var bytes = File.ReadAllBytes(path);
        bytes[5] ^= 1;
        File.WriteAllBytes(path, bytes);
        Refused("layers/0/kernel has a wrong checksum in variables.data-00000-of-00001");
    }

    [Fact]
    public void Given_a_missing_data_file_when_imported_then_the_error_names_it()
    {
        WriteLayers(2);
        File.Delete(Path.Combine(Variables, "variables.data-00001-of-00002"));
        Refused("variables.data-00001-of-00002 is missing");
    }

    [Fact]
    public void Given_a_data_file_that_is_cut_off_when_imported_then_the_error_says_where()
    {
        WriteLayers(1);
        var path = Path.Combine(Variables, "variables.data-00000-of-00001");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..20]);
        Refused("should take 16 bytes from byte 16 of variables.data-00000-of-00001, which has 20");
    }

    [Fact]
    public void Given_a_data_file_that_is_a_link_out_of_the_folder_when_imported_then_it_is_refused()
    {
        WriteLayers(1);
        var outside = Directory.CreateTempSubdirectory("neptune-outside-").FullName;
        try
        {
            var path = Path.Combine(Variables, "variables.data-00000-of-00001");
            File.Move(path, Path.Combine(outside, "data"));
            File.CreateSymbolicLink(path, Path.Combine(outside, "data"));
            Refused("leads out of the model's folder, by its name or by a symbolic link");
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void Given_variables_that_are_a_link_out_of_the_folder_when_imported_then_they_are_refused()
    {
        WriteLayers(1);
        var outside = Directory.CreateTempSubdirectory("neptune-outside-").FullName;
        try
        {
            Directory.Move(Variables, Path.Combine(outside, "variables"));
            Directory.CreateSymbolicLink(Variables, Path.Combine(outside, "variables"));
            Refused("variables.index leads out of the model's folder");
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Theory]
    [InlineData(-1, "the footer of a TensorFlow checkpoint's index is missing")]
    [InlineData(3, "the checksum of the block that begins here is wrong")]
    public void Given_a_damaged_index_when_imported_then_the_error_says_where(int place, string expected)
    {
        WriteLayers(1);
        var path = Path.Combine(Variables, "variables.index");
        var bytes = File.ReadAllBytes(path);
        bytes[place < 0 ? bytes.Length + place : place] ^= 0x55;
        File.WriteAllBytes(path, bytes);
        Refused(expected);
    }

    [Fact]
    public void Given_a_SavedModel_without_variables_when_imported_then_the_error_says_what_is_missing()
    {
        WriteLayers(1);
        Directory.Delete(Variables, recursive: true);
        Refused("the file has no value for the variable");
    }

    [Fact]
    public void Given_functions_that_call_themselves_when_imported_then_they_are_refused()
    {
        var graph = new TensorFlowGraphWriter()
            .Placeholder("x", -1, 2)
            .Node("PartitionedCall", "y", "x", TensorFlowGraphWriter.Function("f", "f"))
            .Function(
                "f",
                "a",
                "r=c:output:0",
                TensorFlowGraphWriter.NodeDef("PartitionedCall", "c", "a", TensorFlowGraphWriter.Function("f", "f"))
            );
        Save(graph, "x", "y:0");
        Refused("functions that call themselves are not read");
    }

    private static float[] Layer(float[] x, float[] w) =>
        [MathF.Tanh((x[0] * w[0]) + (x[1] * w[2])), MathF.Tanh((x[0] * w[1]) + (x[1] * w[3]))];

    private void WriteLayers(int shards)
    {
        TensorFlowBundleWriter.Write(
            Variables,
            shards,
            [("layers/0/kernel", [2, 2], First), ("layers/1/kernel", [2, 2], Second), ("step", [1], [3])]
        );
        Save(TensorFlowSavedModelWriter.Layers(), "serving_in:0", "call:0");
    }

    private void Save(TensorFlowGraphWriter graph, string input, string output) =>
        File.WriteAllBytes(
            Path.Combine(_folder, "saved_model.pb"),
            TensorFlowSavedModelWriter.Bytes(graph, input, [-1, 2], output)
        );

    private void Refused(string expected)
    {
        var error = Assert.ThrowsAny<ModelFileException>(() => ModelFormats.Import(_folder, new()));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
