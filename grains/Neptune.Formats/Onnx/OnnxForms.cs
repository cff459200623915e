using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Nodes that are not one operation of Neptune with the same name and settings.</summary>
internal static class OnnxForms
{
    private const int SoftmaxAlongOneAxis = 13; // before, all axes from there on were one

    private static readonly FrozenDictionary<string, Func<OnnxNodes, OnnxNode, bool>> Forms = new Dictionary<
        string,
        Func<OnnxNodes, OnnxNode, bool>
    >(StringComparer.Ordinal)
    {
        ["Constant"] = Constant,
        ["BatchNormalization"] = BatchNormalization,
        ["Identity"] = EqualWeight,
        ["Dropout"] = Dropout,
        ["RNN"] = LastStatesAlone,
        ["GRU"] = LastStatesAlone,
        ["LSTM"] = LastStatesAlone,
        ["Softmax"] = OldSoftmax,
        ["LogSoftmax"] = OldSoftmax,
        ["Hardmax"] = OldSoftmax,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>True where an operator is known here only.</summary>
    public static bool Knows(string type) => Forms.ContainsKey(type);

    /// <summary>Adds the node, where it is one of those; else false.</summary>
    public static bool TryAppend(OnnxNodes nodes, OnnxNode node) =>
        Forms.TryGetValue(node.OpType, out var form) && form(nodes, node);

    private static bool Constant(OnnxNodes nodes, OnnxNode node)
    {
        var attribute = node.Attributes.Length == 1 ? node.Attributes[0] : null;
        var value = attribute switch
        {
            { Name: "value", T: { } tensor } when OnnxElementTypes.Computed(tensor.DataType) is not null =>
                OnnxTensors.ToValue(tensor, folder: null),
            { Name: "value_float" } => TensorValue.Of(Shape.Scalar, [attribute.F]),
            { Name: "value_floats" } => TensorValue.Of(Shape.Of(attribute.Floats.Length), attribute.Floats.AsSpan()),
            { Name: "value_int" } => Numbers(Shape.Scalar, [attribute.I]),
            { Name: "value_ints" } => Numbers(Shape.Of(attribute.Ints.Length), attribute.Ints.AsSpan()),
            _ => throw new OnnxRefusedException(
                attribute?.T is { } other
                    ? $"elements of {OnnxElementTypes.Name(other.DataType)} are not known"
                    : $"its attribute {attribute?.Name ?? "value"} is not known"
            ),
        };
        nodes.AddConstant(node.Outputs[0], value);
        return true;
    }

    // In inference the other outputs are the running statistics as they are.
    private static bool BatchNormalization(OnnxNodes nodes, OnnxNode node)
    {
        if (node.Attribute("spatial") is { I: not 1 })
        {
            throw new OnnxRefusedException("spatial is not 1: statistics for each position are not known");
        }
        if (node.Outputs.Length <= 1 || node.Attribute("training_mode") is { I: not 0 })
        {
            return false;
        }
        nodes.Assembler.Append(nodes.OperationOf(node with { Outputs = [node.Outputs[0]] }));
        return true;
    }

    // Exporters keep one of several weights that happen to be equal: each is a weight of its own.
    private static bool EqualWeight(OnnxNodes nodes, OnnxNode node)
    {
        if (node.Inputs.Length != 1 || nodes.Initializer(node.Inputs[0]) is not { } value)
        {
            return false;
        }
        nodes.AddConstant(node.Outputs[0], value);
        return true;
    }

    private static bool Dropout(OnnxNodes nodes, OnnxNode node)
    {
        var trains = node.Inputs.Length > 2 && node.Inputs[2].Length > 0;
        if (trains && nodes.Initializer(node.Inputs[2]) is not { Bytes.Span: [0] })
        {
            throw new OnnxRefusedException("training_mode is not false; export the model for inference");
        }
        return false;
    }

    // The outputs of all steps have a name in Neptune, read or not.
    private static bool LastStatesAlone(OnnxNodes nodes, OnnxNode node)
    {
        if (node.Outputs.IsEmpty || node.Outputs[0].Length > 0)
        {
            return false;
        }
        var operation = nodes.OperationOf(node);
        nodes.Assembler.Append(
            operation with
            {
                Outputs = operation.Outputs.SetItem(0, nodes.Assembler.FreeName($"{operation.Name}.steps")),
            }
        );
        return true;
    }

    private static bool OldSoftmax(OnnxNodes nodes, OnnxNode node)
    {
        if (nodes.Opset >= SoftmaxAlongOneAxis || node.Inputs.Length != 1)
        {
            return false;
        }
        var input = nodes.ValueOf(node.Inputs[0]);
        var axis = node.Attribute("axis")?.I ?? 1;
        var shape = nodes.Assembler.TypeOf(input)?.Shape ?? Shape.Unknown;
        var operation = nodes.OperationOf(node);
        if (shape.IsKnown && (axis == -1 || axis == shape.Rank - 1))
        {
            nodes.Assembler.Append(With(operation, ("axis", -1)));
            return true;
        }
        var name = operation.Name;
        nodes.Assembler.Append(Of("Shape", $"{name}.shape", [input]));
        nodes.Assembler.Append(With(Of("Flatten", $"{name}.rows", [input]), ("axis", axis)));
        nodes.Assembler.Append(With(Of(node.OpType, $"{name}.softmax", [$"{name}.rows"]), ("axis", -1)));
        nodes.Assembler.Append(
            operation with
            {
                Type = "Reshape",
                Inputs = [$"{name}.softmax", $"{name}.shape"],
                Attributes = operation.Attributes.Clear(),
            }
        );
        return true;
    }

    private static Operation Of(string type, string name, ImmutableArray<string> inputs) =>
        new()
        {
            Name = name,
            Type = type,
            Inputs = inputs,
            Outputs = [name],
        };

    private static Operation With(Operation operation, (string Name, long Value) attribute) =>
        operation with
        {
            Attributes = operation.Attributes.SetItem(attribute.Name, new AttributeValue.Int(attribute.Value)),
        };

    private static TensorValue Numbers(Shape shape, ReadOnlySpan<long> numbers) =>
        new(ElementType.Int64, shape, MemoryMarshal.AsBytes(numbers).ToArray());
}
