using Neptune.Formats;
using Neptune.ModelGraph;

namespace Neptune.Benchmarks;

/// <summary>Writes dense layers as a frozen graph (field numbers of graph.proto, node_def.proto and tensor.proto).</summary>
internal static class TensorFlowWriter
{
    private const int Float = 1;

    public static void Write(Stream file, IReadOnlyList<(TensorValue Weight, TensorValue Bias)> layers)
    {
        var width = layers[0].Weight.Shape[0].Length;
        var graph = new ProtobufWriter().Message(
            1,
            Attribute(Node("x", "Placeholder", "dtype"), "shape", new ProtobufWriter().Message(7, Shape([-1, width])))
        );
        var value = "x";
        for (var i = 0; i < layers.Count; i++)
        {
            graph.Message(1, Const($"dense_{i}/kernel", layers[i].Weight));
            graph.Message(1, Const($"dense_{i}/bias", layers[i].Bias));
            graph.Message(1, Node($"dense_{i}/MatMul", "MatMul", "T", value, $"dense_{i}/kernel"));
            graph.Message(1, Node($"dense_{i}/BiasAdd", "BiasAdd", "T", $"dense_{i}/MatMul", $"dense_{i}/bias"));
            value = $"dense_{i}/BiasAdd";
        }
        graph.WriteTo(file);
    }

    private static ProtobufWriter Node(string name, string type, string typeAttribute, params string[] inputs)
    {
        var node = new ProtobufWriter().Text(1, name).Text(2, type);
        foreach (var input in inputs)
        {
            node.Text(3, input);
        }
        return Attribute(node, typeAttribute, new ProtobufWriter().Int64(6, Float));
    }

    private static ProtobufWriter Const(string name, TensorValue value)
    {
        var tensor = new ProtobufWriter()
            .Int64(1, Float)
            .Message(2, Shape(value.Shape.ToArray()))
            .Bytes(4, value.Bytes);
        return Attribute(Node(name, "Const", "dtype"), "value", new ProtobufWriter().Message(8, tensor));
    }

    private static ProtobufWriter Attribute(ProtobufWriter node, string name, ProtobufWriter value) =>
        node.Message(5, new ProtobufWriter().Text(1, name).Message(2, value));

    private static ProtobufWriter Shape(long[] lengths)
    {
        var shape = new ProtobufWriter();
        foreach (var length in lengths)
        {
            shape.Message(2, new ProtobufWriter().Int64(1, length));
        }
        return shape;
    }
}
