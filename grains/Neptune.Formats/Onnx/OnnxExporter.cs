using System.Globalization;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Writes graphs as ONNX models of opset 18 (or a later one, where an operation needs it): parameters become initializers,
/// the batch dimension stays a symbol, and operations that act in training alone are left out.
/// </summary>
public static class OnnxExporter
{
    // A message of Google's protocol buffers has at most so many bytes.
    private const long MostBytes = int.MaxValue;

    /// <summary>Writes what a deployment answers with. Scale, labels and the kind of output become metadata.</summary>
    /// <param name="package">The graph and its weights.</param>
    /// <param name="stream">Where to.</param>
    /// <exception cref="GraphException">The graph is not valid, or no ONNX model can hold it.</exception>
    public static void Export(InferencePackage package, Stream stream)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["neptune.input_scale"] = package.Graph.InputScale.ToString(CultureInfo.InvariantCulture),
            ["neptune.output_is_logits"] = package.Graph.OutputIsLogits ? "true" : "false",
        };
        if (!package.Graph.Labels.IsEmpty)
        {
            metadata["neptune.labels"] = string.Join('\n', package.Graph.Labels);
        }
        Export(package.Graph.Graph, package.Weights, stream, metadata);
    }

    /// <summary>Writes a graph with its weights.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="weights">A value for every parameter.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="metadata">What else the model should say, by key.</param>
    /// <exception cref="GraphException">
    /// The graph is not valid, weights do not fit it, or the model takes more than the 2 GB that ONNX allows.
    /// </exception>
    public static void Export(
        Graph graph,
        IReadOnlyDictionary<string, TensorValue> weights,
        Stream stream,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        GraphValidation.Check(graph);
        if (ModuleRef.In(graph) is [var module, ..])
        {
            throw new GraphException(
                $"Graph {graph.Name} runs the user's module {module}, which no ONNX model can hold. Export its weights as "
                    + "safetensors."
            );
        }
        if (graph.Operations.FirstOrDefault(o => OperationRegistry.IsInferenceOnly(o.Type)) is { } whole)
        {
            throw new GraphException(
                $"Operation {whole.Name} ({whole.Type}) is a model of another framework as a whole, which ONNX has no operators for. "
                    + "Export it as a package."
            );
        }
        var model = Model(InferenceGraphs.WithoutTrainingOnly(graph), weights, metadata ?? EmptyMetadata);
        if (model.Length > MostBytes)
        {
            throw new GraphException(
                $"Graph {graph.Name} takes {model.Length} bytes as an ONNX model, which has at most {MostBytes}. "
                    + "Export its weights as safetensors."
            );
        }
        model.WriteTo(stream);
    }

    private static readonly Dictionary<string, string> EmptyMetadata = [];

    private static ProtobufWriter Model(
        Graph graph,
        IReadOnlyDictionary<string, TensorValue> weights,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        var nodes = new OnnxNodeWriter(graph, GraphShapes.Infer(graph));
        foreach (var operation in graph.Operations)
        {
            nodes.Append(operation);
        }
        var content = nodes.Nodes;
        content.Text(2, graph.Name);
        foreach (var parameter in graph.Parameters)
        {
            content.Message(5, Initializer(parameter, weights.GetValueOrDefault(parameter.Name)));
        }
        foreach (var (name, value) in nodes.Constants)
        {
            content.Message(5, OnnxNodeWriter.Tensor(name, value));
        }
        content.Text(10, $"{graph.Name}, exported for inference. The first dimension is the batch.");
        foreach (var input in graph.Inputs)
        {
            content.Message(11, Signature(input));
        }
        foreach (var output in graph.Outputs)
        {
            content.Message(12, Signature(output));
        }
        var model = new ProtobufWriter()
            .Int64(1, nodes.IrVersion)
            .Text(2, "neptune")
            .Text(3, typeof(OnnxExporter).Assembly.GetName().Version!.ToString(fieldCount: 3))
            .Text(6, $"A model of Neptune: {graph.Operations.Length} operations, {graph.Parameters.Length} parameters.")
            .Message(7, content)
            .Message(8, new ProtobufWriter().Text(1, "").Int64(2, nodes.Opset));
        foreach (var (key, value) in metadata)
        {
            model.Message(14, new ProtobufWriter().Text(1, key).Text(2, value));
        }
        return model;
    }

    private static ProtobufWriter Initializer(Parameter parameter, TensorValue? value)
    {
        if (value is null)
        {
            throw new GraphException($"The weights lack {parameter.Name}. Give a value for every parameter.");
        }
        if (value.Type != parameter.Type || value.Shape != parameter.Shape)
        {
            throw new GraphException(
                $"The weights have {value.Type} {value.Shape} for {parameter.Name}, and the graph has {parameter.Type} "
                    + $"{parameter.Shape}. Give weights of this graph."
            );
        }
        if (value.Bytes.Length != value.Shape.ElementCount() * value.Type.SizeBytes())
        {
            throw new GraphException(
                $"The weights have {value.Bytes.Length} bytes for {parameter.Name} of {value.Type} {value.Shape}."
            );
        }
        return OnnxNodeWriter
            .Tensor(parameter.Name, value)
            .Text(12, parameter.Trainable ? "Trained." : "Gathered in training, such as a running mean.");
    }

    private static ProtobufWriter Signature(ValueSignature signature)
    {
        var tensor = new ProtobufWriter().Int64(1, OnnxElementTypes.Number(signature.Type));
        if (signature.Shape.IsKnown)
        {
            var shape = new ProtobufWriter();
            foreach (var dimension in signature.Shape.Dimensions)
            {
                var written = new ProtobufWriter();
                if (dimension.IsFixed)
                {
                    written.Int64(1, dimension.Length);
                }
                else if (!dimension.IsUnknown)
                {
                    written.Text(2, dimension.Symbol!);
                }
                shape.Message(1, written);
            }
            tensor.Message(2, shape);
        }
        return new ProtobufWriter().Text(1, signature.Name).Message(2, new ProtobufWriter().Message(1, tensor));
    }
}
