using Microsoft.ML.OnnxRuntime;
using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>ONNX Runtime gives what Neptune gives.</summary>
public sealed class OnnxExporterRunsTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const float Tolerance = 1e-5f;

    public static TheoryData<string> Names => [.. ExportedGraphs.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public Task Given_an_exported_graph_when_ONNX_Runtime_runs_it_then_the_answers_are_Neptune_s(string name) =>
        RunBoth(ExportedGraphs.All[name]);

    [Fact]
    public Task Given_settings_that_are_inputs_in_ONNX_when_ONNX_Runtime_runs_them_then_the_answers_are_Neptune_s() =>
        RunBoth(ExportedGraphs.Moved());

    private Task RunBoth(Graph graph) =>
        device.Run(() =>
        {
            var package = new InferencePackage
            {
                Graph = new() { Graph = InferenceGraphs.WithoutTrainingOnly(graph) },
                Weights = ExportedGraphs.Weights(graph),
                Lineage = new(),
            };
            using var file = new MemoryStream();
            OnnxExporter.Export(package, file);
            using var session = new InferenceSession(file.ToArray());
            using var runner = new InferenceRunner(device.Device, package);
            foreach (var rows in (int[])[1, 4])
            {
                var input = Input(graph.Inputs[0], rows);
                var wanted = runner.Run(new Dictionary<string, TensorValue> { [graph.Inputs[0].Name] = input });
                using var given = OrtValue.CreateTensorValueFromMemory(input.Floats.ToArray(), input.Shape.ToArray());
                using var options = new RunOptions();
                using var outputs = session.Run(options, [graph.Inputs[0].Name], [given], session.OutputNames);
                Assert.Equal(graph.Outputs.Select(output => output.Name), session.OutputNames);
                for (var i = 0; i < wanted.Length; i++)
                {
                    Assert.Equal(wanted[i].Shape.ToArray(), outputs[i].GetTensorTypeAndShape().Shape);
                    Close(wanted[i].Floats, outputs[i].GetTensorDataAsSpan<float>());
                }
            }
        });

    [Fact]
    public void Given_a_mean_of_elements_that_lie_apart_when_exported_then_it_has_the_opset_that_knows_it()
    {
        using var file = new MemoryStream();
        OnnxExporter.Export(ExportedGraphs.Dilated(), new Dictionary<string, TensorValue>(), file);
        var model = OnnxReader.ReadModel(file.ToArray(), "dilated.onnx");
        Assert.Equal((19, 9), (model.OpsetImports[""], model.IrVersion));
        Assert.Null(Assert.Single(model.Graph.Nodes).Attribute("pads"));
        using var session = new InferenceSession(file.ToArray());
        using var given = OrtValue.CreateTensorValueFromMemory<float>([1, 2, 30, 40, 5, 8], [1, 1, 3, 2]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["x"], [given], ["y"]);
        Assert.Equal([3f, 5f], outputs[0].GetTensorDataAsSpan<float>().ToArray());
    }

    private static TensorValue Input(ValueSignature signature, int rows)
    {
        var shape = signature.Shape.WithoutFirst().Prepend(rows);
        var random = new KeyedRandom(KeyedRandom.Key(3, "onnx inputs", rows));
        var values = new float[shape.ElementCount()];
        foreach (ref var value in values.AsSpan())
        {
            value = (float)((random.NextDouble() * 2) - 1);
        }
        return TensorValue.Of(shape, values);
    }

    private static void Close(ReadOnlySpan<float> wanted, ReadOnlySpan<float> found)
    {
        Assert.Equal(wanted.Length, found.Length);
        var (scale, difference) = (0f, 0f);
        for (var i = 0; i < wanted.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(wanted[i]));
            difference = Math.Max(difference, Math.Abs(wanted[i] - found[i]));
        }
        Assert.True(scale > 0 && difference <= Tolerance * scale, $"differs by {difference} at a scale of {scale}");
    }
}
