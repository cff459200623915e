using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Writes operations as nodes, in ONNX's form where Neptune has another one.</summary>
/// <param name="graph">What is written.</param>
/// <param name="types">What is known of its values.</param>
internal sealed class OnnxNodeWriter(Graph graph, IReadOnlyDictionary<string, TensorType> types)
{
    private readonly HashSet<string> _names =
    [
        .. graph.Inputs.Select(input => input.Name),
        .. graph.Parameters.Select(parameter => parameter.Name),
        .. graph.Operations.SelectMany(operation => operation.Outputs),
    ];

    /// <summary>The nodes so far, as the first fields of a GraphProto.</summary>
    public ProtobufWriter Nodes { get; } = new();

    /// <summary>Values that are attributes in Neptune and inputs in ONNX.</summary>
    public List<(string Name, TensorValue Value)> Constants { get; } = [];

    /// <summary>The version of ONNX's operators that the nodes need.</summary>
    public int Opset { get; } = OnnxOpsets.Of(graph, types);

    /// <summary>The version of ONNX's own form that goes with <see cref="Opset"/>.</summary>
    public int IrVersion =>
        Opset switch
        {
            <= OnnxOpsets.Usual => 8,
            <= 20 => 9,
            <= 22 => 10,
            23 => 11,
            _ => 12,
        };

    /// <summary>A TensorProto.</summary>
    public static ProtobufWriter Tensor(string name, TensorValue value) =>
        new ProtobufWriter()
            .Int64s(1, value.Shape.ToArray())
            .Int64(2, OnnxElementTypes.Number(value.Type))
            .Text(8, name)
            .Bytes(9, value.Bytes);

    /// <summary>Adds an operation.</summary>
    public void Append(Operation operation)
    {
        operation = OnnxOpsets.In(Opset, operation, types);
        switch (operation.Type)
        {
            case "Constant":
            case "ConstantOfShape" when operation.Attributes.ContainsKey("value"):
                Write(
                    operation with
                    {
                        Attributes = operation.Attributes.Clear(),
                    },
                    Attribute("value", OnnxAttributeKind.Tensor).Message(5, Tensor("", ConstantValue.Of(operation)))
                );
                break;
            // The usual opset does not know them.
            case "AveragePool" when operation.Ints("dilations").All(dilation => dilation == 1):
                Write(WithoutIdlePads(operation with { Attributes = operation.Attributes.Remove("dilations") }));
                break;
            default:
                Write(
                    WithoutIdlePads(OnnxMovedSettings.AsInputs(WithCount(operation), () => TypeOf(operation), Constant))
                );
                break;
        }
    }

    private ElementType TypeOf(Operation operation) => types[operation.Inputs[0]].Type;

    // Since opset 18 a split into equal parts says how many they are.
    private static Operation WithCount(Operation operation) =>
        operation is { Type: "Split", Inputs.Length: 1 } && !operation.Attributes.ContainsKey("split")
            ? operation with
            {
                Attributes = operation.Attributes.SetItem("num_outputs", (long)operation.Outputs.Length),
            }
            : operation;

    // ONNX forbids pads beside auto_pad, even where they are zeros.
    private static Operation WithoutIdlePads(Operation operation) =>
        operation.Attributes.ContainsKey("auto_pad") && operation.Text("auto_pad", "") != "NOTSET"
            ? operation with
            {
                Attributes = operation.Attributes.Remove("pads"),
            }
            : operation;

    private static ProtobufWriter Attribute(string name, OnnxAttributeKind kind) =>
        new ProtobufWriter().Text(1, name).Int64(20, (long)kind);

    private static ProtobufWriter Attribute(string operation, string name, AttributeValue value)
    {
        switch (value)
        {
            case AttributeValue.Int whole when OperationAttributes.IsReal(operation, name):
                return Attribute(name, OnnxAttributeKind.Float).Float(2, whole.Value);
            case AttributeValue.Int whole:
                return Attribute(name, OnnxAttributeKind.Int).Int64(3, whole.Value);
            case AttributeValue.Float real:
                return Attribute(name, OnnxAttributeKind.Float).Float(2, real.Value);
            case AttributeValue.Text text
                when OnnxAttributes.NameTypes(name) && Enum.TryParse<ElementType>(text.Value, out var type):
                return Attribute(name, OnnxAttributeKind.Int).Int64(3, OnnxElementTypes.Number(type));
            case AttributeValue.Text text:
                return Attribute(name, OnnxAttributeKind.Text).Text(4, text.Value);
            case AttributeValue.Ints list:
                return Attribute(name, OnnxAttributeKind.Ints).Int64s(8, list.Values);
            case AttributeValue.Floats list:
                var floats = Attribute(name, OnnxAttributeKind.Floats);
                foreach (var real in list.Values)
                {
                    floats.Float(7, real);
                }
                return floats;
            case AttributeValue.Texts list:
                var texts = Attribute(name, OnnxAttributeKind.Texts);
                foreach (var text in list.Values)
                {
                    texts.Text(9, text);
                }
                return texts;
            default:
                throw new System.Diagnostics.UnreachableException($"No ONNX attribute for {value}.");
        }
    }

    private void Write(Operation operation, params ReadOnlySpan<ProtobufWriter> attributes)
    {
        var node = new ProtobufWriter();
        // Inputs left out at the end are not written.
        var inputs = operation.Inputs.Length;
        while (inputs > 0 && operation.Inputs[inputs - 1].Length == 0)
        {
            inputs--;
        }
        foreach (var input in operation.Inputs[..inputs])
        {
            node.Text(1, input);
        }
        foreach (var output in operation.Outputs)
        {
            node.Text(2, output);
        }
        node.Text(3, operation.Name).Text(4, operation.Type);
        foreach (var (name, value) in operation.Attributes)
        {
            node.Message(5, Attribute(operation.Type, name, value));
        }
        foreach (var attribute in attributes)
        {
            node.Message(5, attribute);
        }
        Nodes.Message(1, node);
    }

    private string Constant(string stem, TensorValue value)
    {
        var name = stem;
        for (var i = 1; !_names.Add(name); i++)
        {
            name = $"{stem}_{i}";
        }
        Constants.Add((name, value));
        return name;
    }
}
