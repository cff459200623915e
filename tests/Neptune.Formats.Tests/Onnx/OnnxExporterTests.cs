using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>What an exported file says.</summary>
public sealed class OnnxExporterTests
{
    public static TheoryData<string> Names => [.. ExportedGraphs.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Given_an_exported_graph_when_read_then_names_types_attributes_and_weights_are_the_graph_s(string name)
    {
        var graph = InferenceGraphs.WithoutTrainingOnly(ExportedGraphs.All[name]);
        var weights = ExportedGraphs.Weights(graph);
        var model = Read(ExportedGraphs.All[name], weights);
        Assert.Equal("neptune", model.ProducerName);
        Assert.Matches(@"^\d+\.\d+\.\d+$", model.ProducerVersion);
        Assert.NotEmpty(model.DocString);
        Assert.Equal([new("", 18)], model.OpsetImports);
        Assert.Equal(8, model.IrVersion);
        Assert.Equal([new("why", "a test")], model.MetadataProps);
        Assert.Equal(name, model.Graph.Name);
        Assert.Equal(graph.Inputs.Select(Said), model.Graph.Inputs.Select(Said));
        Assert.Equal(graph.Outputs.Select(Said), model.Graph.Outputs.Select(Said));
        Assert.Equal(
            graph.Operations.Select(operation => (operation.Name, operation.Type)),
            model.Graph.Nodes.Select(node => (node.Name, node.OpType))
        );
        Assert.All(graph.Operations.Zip(model.Graph.Nodes), pair => Same(pair.First, pair.Second, model.Graph));
        foreach (var (parameter, tensor) in graph.Parameters.Zip(model.Graph.Initializers))
        {
            var value = OnnxTensors.ToValue(tensor, null);
            Assert.Equal(parameter.Name, tensor.Name);
            Assert.Equal((parameter.Type, parameter.Shape), (value.Type, value.Shape));
            Assert.Equal(weights[parameter.Name].Bytes.Span, value.Bytes.Span);
        }
        Assert.Equal(model.Graph.Initializers.Length, model.Graph.Initializers.Select(t => t.Name).Distinct().Count());
    }

    [Fact]
    public void Given_a_package_when_exported_then_its_scale_and_labels_are_metadata()
    {
        var graph = ExportedGraphs.All["residual"];
        var package = new InferencePackage
        {
            Graph = new()
            {
                Graph = graph,
                InputScale = 0.25f,
                OutputIsLogits = true,
                Labels = ["cat", "dog"],
            },
            Weights = ExportedGraphs.Weights(graph),
            Lineage = new(),
        };
        using var file = new MemoryStream();
        OnnxExporter.Export(package, file);
        Assert.Equal(
            [
                new("neptune.input_scale", "0.25"),
                new("neptune.labels", "cat\ndog"),
                new("neptune.output_is_logits", "true"),
            ],
            OnnxReader.ReadModel(file.ToArray(), "m.onnx").MetadataProps
        );
    }

    [Fact]
    public void Given_weights_that_do_not_fit_when_exported_then_the_error_names_the_parameter()
    {
        var graph = ExportedGraphs.All["sums"];
        var weights = ExportedGraphs.Weights(graph);
        Refused(graph, weights.Remove("m"), "The weights lack m.");
        Refused(graph, weights.SetItem("m", weights["w"]), "The weights have Float32 (6, 4) for m, and the graph has");
        Refused(
            graph,
            weights.SetItem("m", weights["m"] with { Bytes = new byte[4] }),
            "have 4 bytes for m of Float32 (4, 4)"
        );
    }

    [Fact]
    public void Given_more_than_two_gigabytes_when_exported_then_nothing_is_written_and_the_error_says_so()
    {
        const int Parts = 33;
        const int Elements = 1 << 24;
        var part = new TensorValue(ElementType.Float32, Shape.Of(Elements), new byte[Elements * sizeof(float)]);
        var names = Enumerable.Range(0, Parts).Select(i => $"w{i}").ToArray();
        var graph = ExportedGraphs.All["pools"] with
        {
            Parameters =
            [
                .. names.Select(name => new Parameter
                {
                    Name = name,
                    Shape = part.Shape,
                    Initializer = Initializer.Zeros,
                }),
            ],
        };
        using var file = new MemoryStream();
        var weights = names.ToImmutableSortedDictionary(name => name, _ => part, StringComparer.Ordinal);
        var error = Assert.Throws<GraphException>(() => OnnxExporter.Export(graph, weights, file));
        Assert.Contains("which has at most 2147483647", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }

    private static OnnxModel Read(Graph graph, ImmutableSortedDictionary<string, TensorValue> weights)
    {
        using var file = new MemoryStream();
        OnnxExporter.Export(graph, weights, file, new Dictionary<string, string> { ["why"] = "a test" });
        return OnnxReader.ReadModel(file.ToArray(), "exported.onnx");
    }

    private static void Same(Operation operation, OnnxNode node, OnnxGraph graph)
    {
        Assert.Equal(operation.Outputs, node.Outputs);
        if (operation.Type is "Reshape" or "Constant")
        {
            Assert.Equal(operation.Inputs, node.Inputs.Take(operation.Inputs.Length));
            var tensor =
                operation.Type == "Constant"
                    ? node.Attribute("value")!.T!
                    : graph.Initializers.Single(initializer => initializer.Name == node.Inputs[1]);
            var wanted =
                operation.Type == "Constant"
                    ? ConstantValue.Of(operation).Bytes.ToArray()
                    : [.. operation.Ints("shape").SelectMany(BitConverter.GetBytes)];
            Assert.Equal(wanted, OnnxTensors.ToValue(tensor, null).Bytes.ToArray());
            return;
        }
        Assert.Equal(operation.Inputs, node.Inputs);
        // Means of elements that lie side by side have no other distance to say.
        var said = operation.Attributes.Keys.Where(key => key != "dilations" || operation.Type != "AveragePool");
        Assert.Equal(said, node.Attributes.Select(attribute => attribute.Name));
        foreach (var attribute in node.Attributes)
        {
            AttributeValue found = attribute.Kind switch
            {
                OnnxAttributeKind.Int => attribute.I,
                OnnxAttributeKind.Float => attribute.F,
                OnnxAttributeKind.Text => attribute.Text,
                _ => new AttributeValue.Ints(attribute.Ints),
            };
            var wanted = operation.Attributes[attribute.Name];
            // ONNX has no whole numbers in the place of real ones.
            Assert.Equal(
                wanted is AttributeValue.Int { Value: var whole } && attribute.Name == "alpha" ? (float)whole : wanted,
                found
            );
        }
    }

    private static string Said(ValueSignature signature) =>
        $"{signature.Name} {signature.Type} {string.Join(' ', signature.Shape.Dimensions)}";

    private static string Said(OnnxValueInfo value) =>
        $"{value.Name} {OnnxElementTypes.Of(value.Type.ElementType)} "
        + string.Join(' ', value.Type.Dimensions!.Value.Select(d => d.Symbol ?? d.Value.ToString()));

    private static void Refused(Graph graph, ImmutableSortedDictionary<string, TensorValue> weights, string reason)
    {
        using var file = new MemoryStream();
        var error = Assert.Throws<GraphException>(() => OnnxExporter.Export(graph, weights, file));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }
}
