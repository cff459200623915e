using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Neptune.ModelGraph;
using Neptune.Torch;
using static Neptune.Formats.Tests.PyTorchSamples;

namespace Neptune.Formats.Tests;

/// <summary>TorchScript files that are taken as a whole.</summary>
public sealed class OpaqueScriptTests
{
    [Fact]
    public void Given_unknown_operators_when_imported_then_the_error_offers_to_take_the_file_as_a_whole() =>
        Assert.Contains(
            "with --opaque (ImportSettings.Opaque)",
            Assert.Throws<UnsupportedOperatorsException>(() => Import("whole.scripted.pt", opaque: false)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Given_a_model_taken_as_a_whole_when_run_then_all_its_answers_are_PyTorch_s()
    {
        var model = Import("whole.scripted.pt");
        Assert.Equal("TorchScript (as a whole)", model.Source);
        Assert.Contains("for: is no part of a graph", Assert.Single(model.Notes), StringComparison.Ordinal);
        Assert.Equal(["TorchScriptModule"], model.Graph.Operations.Select(o => o.Type));
        var input = NpyFile.Read(Fixture("whole.input.npy"));
        var outputs = await RunAsync(Package(model.Graph, model), input);
        Assert.Null(TensorDifference.Of(NpyFile.Read(Fixture("whole.expected0.npy")), outputs[0], 0, 1e-5));
        Assert.Equal(NpyFile.Read(Fixture("whole.expected1.npy")).Bytes.ToArray(), outputs[1].Bytes.ToArray());
    }

    [Fact]
    public async Task Given_two_runs_when_described_then_types_and_shapes_are_known_and_a_package_keeps_them()
    {
        var model = Import("whole.scripted.pt");
        var runs = new List<(long, ImmutableArray<TensorValue>)>();
        foreach (var rows in (long[])[2, 3])
        {
            var inputs = RandomInputs.Of(model.Graph, 0, rows, 1);
            runs.Add((rows, await RunAsync(Package(model.Graph, model), inputs["input"])));
        }
        var graph = OpaqueModule.Describe(model.Graph, [.. runs]);
        Assert.Equal(
            ["output_0: Float32 (N,)", "output_1: Int64 (N,)"],
            graph.Outputs.Select(output => output.ToString())
        );
        using var file = new MemoryStream();
        var package = Package(graph, model);
        PackageFile.Write(package, file);
        file.Position = 0;
        var again = PackageFile.ReadInference(file, "whole.neptune");
        Assert.Equal(WeightsHash.Of(graph, model.Weights), WeightsHash.Of(again.Graph.Graph, again.Weights));
        Assert.Equal(graph.Operations[0].Attributes, again.Graph.Graph.Operations[0].Attributes);
    }

    [Fact]
    public void Given_known_operators_when_a_file_may_be_taken_as_a_whole_then_it_is_a_graph_all_the_same() =>
        Assert.False(OpaqueModule.Is(Import("mlp_bn.traced.pt").Graph));

    [Fact]
    public void Given_no_shape_when_taken_as_a_whole_then_the_error_asks_for_it()
    {
        var options = new ImportOptions { Opaque = true };
        var error = Assert.Throws<ModelFileException>(() =>
            new PyTorchWeights().Import(Fixture("unsupported.traced.pt"), options)
        );
        Assert.Contains("Give a sample's shape", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("whole.fromfile.pt", "from_file reaches out of the model")]
    [InlineData("whole.save.pt", "line 8: save reaches out of the model")]
    [InlineData("whole.endless.pt", "while is a loop that nothing ends for sure")]
    [InlineData("whole.long.pt", "a loop makes more than 1000000 passes")]
    public void Given_code_that_must_not_run_when_taken_as_a_whole_then_line_and_word_are_named(
        string file,
        string message
    ) =>
        Assert.Contains(
            message,
            Assert.Throws<ModelFileException>(() => Import(file)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("return getattr(\"/f\", \"from_file\")(True, 1)", "the text from_file may stand for")]
    [InlineData("return getattr(\"/f\", \"from\\x5ffile\")(True, 1)", "may stand for a function")]
    [InlineData("return ops.rpc.call(x)", "ops.rpc is no library")]
    [InlineData("return __torch__.torch.classes.dist.Store()", "torch.classes holds objects")]
    [InlineData("fut = fork(self.forward, x)", "fork reaches out")]
    public void Given_code_that_hides_what_it_calls_when_taken_as_a_whole_then_it_is_refused(
        string code,
        string message
    )
    {
        var error = Assert.Throws<ModelFileException>(() => Made(code, "\u0080\u0002)."));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_constants_that_call_something_when_taken_as_a_whole_then_it_is_refused()
    {
        var error = Assert.Throws<ModelFileException>(() =>
            Made("return torch.gelu(x)", "\u0080\u0002cos\nsystem\n)R.")
        );
        Assert.Contains("os.system", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_entries_that_no_one_looked_at_when_taken_as_a_whole_then_they_are_left_out()
    {
        var archive = Import("whole.scripted.pt").Weights[OpaqueModule.Archive].Bytes.ToArray();
        using var zip = new ZipArchive(new MemoryStream(archive));
        Assert.DoesNotContain(zip.Entries, entry => entry.Name.EndsWith(".debug_pkl", StringComparison.Ordinal));
        Assert.Contains(zip.Entries, entry => entry.FullName == "whole.scripted/constants.pkl");
        Assert.Equal(archive, Import("whole.scripted.pt").Weights[OpaqueModule.Archive].Bytes.ToArray());
    }

    [Fact]
    public void Given_a_model_taken_as_a_whole_when_trained_or_exported_as_onnx_then_the_error_says_why_not()
    {
        var model = Import("whole.scripted.pt");
        var package = Package(model.Graph, model);
        var onnx = Assert.Throws<GraphException>(() => OnnxExporter.Export(package, Stream.Null));
        Assert.Contains("Export it as a package", onnx.Message, StringComparison.Ordinal);
        var one = model.Graph with { Outputs = [model.Graph.Outputs[0]] };
        var training = Assert.Throws<GraphException>(() => FineTuning.Prepare(one, model.Weights, Shape.Of(6), new()));
        Assert.Contains("answers and cannot be trained", training.Message, StringComparison.Ordinal);
    }

    private static ImportedModel Import(string file, bool opaque = true) =>
        new PyTorchWeights().Import(Fixture(file), new() { InputShape = InputOf(file), Opaque = opaque });

    private static Shape InputOf(string file) => Shape.Of(file.StartsWith("whole", StringComparison.Ordinal) ? 6 : 64);

    private static InferencePackage Package(Graph graph, ImportedModel model) =>
        new()
        {
            Graph = new() { Graph = graph },
            Weights = model.Weights,
            Lineage = new(),
        };

    private static async Task<ImmutableArray<TensorValue>> RunAsync(InferencePackage package, TensorValue input)
    {
        await using var device = await TorchDevice.StartAsync("cpu:0", 1, TestContext.Current.CancellationToken);
        return await device.RunAsync(
            () =>
            {
                using var runner = new InferenceRunner(device, package);
                return runner.Run(new Dictionary<string, TensorValue> { ["input"] = input });
            },
            TestContext.Current.CancellationToken
        );
    }

    private static ImportedModel Made(string code, string constants)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("x/data.pkl", "\u0080\u0002c__torch__\nM\n)\u0081}b.");
            Add("x/constants.pkl", constants);
            Add(
                "x/code/__torch__.py",
                $"class M(Module):\n  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n    {code}\n"
            );

            void Add(string name, string latin1)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(Encoding.Latin1.GetBytes(latin1));
            }
        }
        stream.Position = 0;
        return PyTorchWeights.Import(stream, "x.pt", new() { InputShape = Shape.Of(4), Opaque = true });
    }
}
