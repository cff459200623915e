namespace Neptune.Formats.Tests;

/// <summary>Writes SavedModel folders.</summary>
internal static class TensorFlowSavedModelWriter
{
    /// <summary>The bytes of saved_model.pb.</summary>
    public static byte[] Bytes(TensorFlowGraphWriter graph, string input, long[] inputShape, string output) =>
        Bytes(graph, ("serving_default", Signature(input, TensorFlowGraphWriter.Real32, inputShape, output)));

    /// <summary>The same with several signatures.</summary>
    public static byte[] Bytes(TensorFlowGraphWriter graph, params (string Name, ProtobufWriter Signature)[] signatures)
    {
        var info = new ProtobufWriter().Text(4, "serve").Text(5, "2.99.0");
        var meta = new ProtobufWriter().Message(1, info).Message(2, graph.Graph());
        foreach (var (name, signature) in signatures)
        {
            meta.Message(5, Entry(name, signature));
        }
        return new ProtobufWriter().Int64(1, 1).Message(2, meta).ToArray();
    }

    /// <summary>A signature of one input, called in, and one output, called out.</summary>
    public static ProtobufWriter Signature(string input, int inputType, long[] inputShape, string output) =>
        new ProtobufWriter()
            .Message(1, Entry("in", Info(input, inputType, inputShape)))
            .Message(2, Entry("out", Info(output, TensorFlowGraphWriter.Real32, [])));

    /// <summary>
    /// A model in the form of TensorFlow 2: a dense layer in a function, called by another; both layers' variables have the same
    /// name, so that only the restoring function tells them apart.
    /// </summary>
    public static TensorFlowGraphWriter Layers() =>
        new TensorFlowGraphWriter()
            .Placeholder("serving_in", -1, 2)
            .Node("VarHandleOp", "kernel", "", TensorFlowGraphWriter.Text("shared_name", "kernel"))
            .Node("VarHandleOp", "kernel_1", "", TensorFlowGraphWriter.Text("shared_name", "kernel"))
            .Node("VarHandleOp", "step", "", TensorFlowGraphWriter.Text("shared_name", "step"))
            .Node("Placeholder", "file", "", TensorFlowGraphWriter.Type("dtype", 7))
            .Node(
                "StatefulPartitionedCall",
                "call",
                "serving_in kernel kernel_1",
                TensorFlowGraphWriter.Function("f", "model")
            )
            .Node(
                "StatefulPartitionedCall",
                "restore",
                "file kernel kernel_1",
                TensorFlowGraphWriter.Function("f", "restore")
            )
            .Function(
                "model",
                "x a b",
                "y=Identity:output:0",
                TensorFlowGraphWriter.NodeDef(
                    "StatefulPartitionedCall",
                    "first/StatefulPartitionedCall",
                    "x a",
                    TensorFlowGraphWriter.Function("f", "dense")
                ),
                TensorFlowGraphWriter.NodeDef("NoOp", "NoOp", "^second/StatefulPartitionedCall"),
                TensorFlowGraphWriter.NodeDef(
                    "StatefulPartitionedCall",
                    "second/StatefulPartitionedCall",
                    "first/StatefulPartitionedCall:output:0 b",
                    TensorFlowGraphWriter.Function("f", "dense")
                ),
                TensorFlowGraphWriter.NodeDef("Identity", "Identity", "second/StatefulPartitionedCall:output:0 ^NoOp")
            )
            .Function(
                "dense",
                "x resource",
                "y=Tanh:y:0",
                TensorFlowGraphWriter.NodeDef(
                    "ReadVariableOp",
                    "MatMul/ReadVariableOp",
                    "resource",
                    TensorFlowGraphWriter.Type("dtype", TensorFlowGraphWriter.Real32)
                ),
                TensorFlowGraphWriter.NodeDef("MatMul", "MatMul", "x MatMul/ReadVariableOp:value:0"),
                TensorFlowGraphWriter.NodeDef("Tanh", "Tanh", "MatMul:product:0")
            )
            .Function(
                "restore",
                "prefix r1 r2",
                "y=prefix",
                TensorFlowGraphWriter.NodeDef(
                    "Const",
                    "names",
                    "",
                    TensorFlowGraphWriter.Type("dtype", 7),
                    ("value", Names("layers/0/kernel", "layers/1/kernel"))
                ),
                TensorFlowGraphWriter.NodeDef("RestoreV2", "RestoreV2", "prefix names:output:0 names:output:0"),
                TensorFlowGraphWriter.NodeDef("Identity", "i1", "RestoreV2:tensors:0"),
                TensorFlowGraphWriter.NodeDef("Identity", "i2", "RestoreV2:tensors:1"),
                TensorFlowGraphWriter.NodeDef("AssignVariableOp", "a1", "r1 i1:output:0"),
                TensorFlowGraphWriter.NodeDef("AssignVariableOp", "a2", "r2 i2:output:0")
            );

    /// <summary>An object graph that names keys.</summary>
    public static byte[] ObjectGraph(params (string FullName, string Key)[] names)
    {
        var graph = new ProtobufWriter();
        foreach (var (name, key) in names)
        {
            var attribute = new ProtobufWriter().Text(1, "VARIABLE_VALUE").Text(2, name).Text(3, key);
            graph.Message(1, new ProtobufWriter().Message(2, attribute));
        }
        return graph.ToArray();
    }

    private static ProtobufWriter Names(params string[] names)
    {
        var tensor = new ProtobufWriter().Int64(1, 7).Message(2, TensorFlowGraphWriter.Lengths(names.Length));
        foreach (var name in names)
        {
            tensor.Text(8, name);
        }
        return new ProtobufWriter().Message(8, tensor);
    }

    private static ProtobufWriter Info(string tensor, int type, long[] shape) =>
        new ProtobufWriter().Text(1, tensor).Int64(2, type).Message(3, TensorFlowGraphWriter.Lengths(shape));

    private static ProtobufWriter Entry(string key, ProtobufWriter value) =>
        new ProtobufWriter().Text(1, key).Message(2, value);
}
