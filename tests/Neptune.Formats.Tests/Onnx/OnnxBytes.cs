namespace Neptune.Formats.Tests;

/// <summary>ONNX messages by hand.</summary>
internal static class OnnxBytes
{
    /// <summary>A tensor as yet without elements.</summary>
    public static ProtobufWriter Tensor(string name, int type, params long[] dimensions) =>
        new ProtobufWriter().Text(8, name).Int64(2, type).Int64s(1, dimensions);

    /// <summary>A tensor of which the elements are in another file.</summary>
    public static ProtobufWriter External(ProtobufWriter tensor, params (string Key, string Value)[] place)
    {
        foreach (var (key, value) in place)
        {
            tensor.Message(13, new ProtobufWriter().Text(1, key).Text(2, value));
        }
        return tensor.Int64(14, 1);
    }

    /// <summary>A model with something in every place that is read.</summary>
    public static ProtobufWriter Model()
    {
        var node = new ProtobufWriter()
            .Text(1, "x")
            .Text(1, "")
            .Text(1, "w")
            .Text(2, "y")
            .Text(3, "n")
            .Text(4, "Conv")
            .Text(6, "why")
            .Text(7, "ai.onnx")
            .Message(5, new ProtobufWriter().Text(1, "pads").PackedInt64s(8, [2]).Int64s(8, [-1]).Int64(20, 7))
            .Message(5, new ProtobufWriter().Text(1, "alpha").Float(2, 0.5f).Int64(20, 1))
            .Message(5, new ProtobufWriter().Text(1, "auto_pad").Text(4, "SAME").Int64(20, 3))
            .Message(
                5,
                new ProtobufWriter().Text(1, "body").Message(6, new ProtobufWriter().Text(2, "inner")).Int64(20, 5)
            );
        var shape = new ProtobufWriter()
            .Message(1, new ProtobufWriter().Text(2, "N"))
            .Message(1, new ProtobufWriter().Int64(1, 3))
            .Message(1, new ProtobufWriter());
        var tensor = new ProtobufWriter().Message(1, new ProtobufWriter().Int64(1, 1).Message(2, shape));
        var integers = new ProtobufWriter().Message(1, new ProtobufWriter().Int64(1, 7));
        var sequence = new ProtobufWriter().Message(4, new ProtobufWriter().Message(1, integers));
        var graph = new ProtobufWriter()
            .Message(1, node)
            .Text(2, "g")
            .Message(5, Tensor("w", 1, 2, 3).Bytes(9, new byte[24]))
            .Message(5, Tensor("halves", 10, 3).PackedInt64s(5, [15360, 49152, 0]))
            .Message(11, new ProtobufWriter().Text(1, "x").Message(2, tensor))
            .Message(12, new ProtobufWriter().Text(1, "y").Message(2, sequence))
            .Message(13, new ProtobufWriter().Text(1, "between"))
            .Message(15, new ProtobufWriter().Message(1, Tensor("s", 1, 0)));
        var function = new ProtobufWriter()
            .Text(1, "Twice")
            .Text(4, "a")
            .Text(5, "b")
            .Message(7, new ProtobufWriter().Text(1, "a").Text(1, "a").Text(2, "b").Text(4, "Add"))
            .Message(9, new ProtobufWriter().Int64(2, 18))
            .Text(10, "own");
        return new ProtobufWriter()
            .Int64(1, 9)
            .Text(2, "writer")
            .Text(3, "1.2")
            .Text(4, "org.example")
            .Text(6, "about it")
            .Message(7, graph)
            .Message(8, new ProtobufWriter().Text(1, "ai.onnx").Int64(2, 18))
            .Message(8, new ProtobufWriter().Text(1, "own").Int64(2, 1))
            .Message(14, new ProtobufWriter().Text(1, "author").Text(2, "somebody"))
            .Message(25, function);
    }
}
