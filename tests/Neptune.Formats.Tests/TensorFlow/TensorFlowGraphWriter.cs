using System.Runtime.InteropServices;

namespace Neptune.Formats.Tests;

/// <summary>Writes GraphDefs, functions and their nodes.</summary>
internal sealed class TensorFlowGraphWriter
{
    public const int Real32 = 1;
    public const int Whole32 = 3;

    private readonly ProtobufWriter _graph = new();
    private readonly ProtobufWriter _library = new();
    private bool _hasLibrary;

    /// <summary>The shape of a TensorShapeProto; -1 for a length that is not known.</summary>
    public static ProtobufWriter Lengths(params ReadOnlySpan<long> lengths)
    {
        var shape = new ProtobufWriter();
        foreach (var length in lengths)
        {
            shape.Message(2, new ProtobufWriter().Int64(1, length));
        }
        return shape;
    }

    public static (string, ProtobufWriter) Type(string name, int type) => (name, new ProtobufWriter().Int64(6, type));

    public static (string, ProtobufWriter) Text(string name, string text) => (name, new ProtobufWriter().Text(2, text));

    public static (string, ProtobufWriter) Int(string name, long value) => (name, new ProtobufWriter().Int64(3, value));

    public static (string, ProtobufWriter) Number(string name, float value) =>
        (name, new ProtobufWriter().Float(4, value));

    public static (string, ProtobufWriter) Flag(string name, bool value) =>
        (name, new ProtobufWriter().Int64(5, value ? 1 : 0));

    public static (string, ProtobufWriter) Ints(string name, params IEnumerable<long> values) =>
        (name, new ProtobufWriter().Message(1, new ProtobufWriter().PackedInt64s(3, values)));

    public static (string, ProtobufWriter) Texts(string name, params IEnumerable<string> values)
    {
        var list = new ProtobufWriter();
        foreach (var value in values)
        {
            list.Text(2, value);
        }
        return (name, new ProtobufWriter().Message(1, list));
    }

    public static (string, ProtobufWriter) Function(string name, string function) =>
        (name, new ProtobufWriter().Message(10, new ProtobufWriter().Text(1, function)));

    /// <summary>A NodeDef.</summary>
    public static ProtobufWriter NodeDef(
        string op,
        string name,
        string inputs,
        params (string Name, ProtobufWriter Value)[] attributes
    )
    {
        var node = new ProtobufWriter().Text(1, name).Text(2, op);
        foreach (var input in inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            node.Text(3, input);
        }
        foreach (var (key, value) in attributes)
        {
            node.Message(5, new ProtobufWriter().Text(1, key).Message(2, value));
        }
        return node;
    }

    /// <summary>A TensorProto with raw elements.</summary>
    public static ProtobufWriter Tensor<T>(int type, ReadOnlySpan<long> lengths, params T[] elements)
        where T : unmanaged =>
        new ProtobufWriter()
            .Int64(1, type)
            .Message(2, Lengths(lengths))
            .Bytes(4, MemoryMarshal.AsBytes(elements.AsSpan()).ToArray());

    public TensorFlowGraphWriter Node(
        string op,
        string name,
        string inputs,
        params (string Name, ProtobufWriter Value)[] attributes
    )
    {
        _graph.Message(1, NodeDef(op, name, inputs, attributes));
        return this;
    }

    public TensorFlowGraphWriter Placeholder(string name, params ReadOnlySpan<long> lengths) =>
        Node(
            "Placeholder",
            name,
            "",
            Type("dtype", Real32),
            ("shape", new ProtobufWriter().Message(7, Lengths(lengths)))
        );

    public TensorFlowGraphWriter Const(string name, ProtobufWriter tensor, int type = Real32) =>
        Node("Const", name, "", Type("dtype", type), ("value", new ProtobufWriter().Message(8, tensor)));

    public TensorFlowGraphWriter Const(string name, ReadOnlySpan<long> lengths, params float[] elements) =>
        Const(name, Tensor(Real32, lengths, elements));

    public TensorFlowGraphWriter Vector(string name, params int[] elements) =>
        Const(name, Tensor(Whole32, [elements.Length], elements), Whole32);

    public TensorFlowGraphWriter Scalar(string name, int element) => Const(name, Tensor(Whole32, [], element), Whole32);

    /// <summary>A function; results are given as <c>name=node:output:0</c>.</summary>
    public TensorFlowGraphWriter Function(
        string name,
        string arguments,
        string results,
        params ProtobufWriter[] nodes
    ) => Function(name, arguments, results, [], nodes);

    /// <summary>A function with settings.</summary>
    public TensorFlowGraphWriter Function(
        string name,
        string arguments,
        string results,
        (string Name, ProtobufWriter Value)[] settings,
        params ProtobufWriter[] nodes
    )
    {
        var signature = new ProtobufWriter().Text(1, name);
        var function = new ProtobufWriter();
        foreach (var argument in arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            signature.Message(2, new ProtobufWriter().Text(1, argument));
        }
        foreach (var result in results.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            signature.Message(3, new ProtobufWriter().Text(1, result.Split('=')[0]));
        }
        function.Message(1, signature);
        foreach (var node in nodes)
        {
            function.Message(3, node);
        }
        foreach (var result in results.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            function.Message(4, new ProtobufWriter().Text(1, result.Split('=')[0]).Text(2, result.Split('=')[1]));
        }
        foreach (var (key, value) in settings)
        {
            function.Message(5, new ProtobufWriter().Text(1, key).Message(2, value));
        }
        _library.Message(1, function);
        _hasLibrary = true;
        return this;
    }

    /// <summary>The whole GraphDef; it may be written once.</summary>
    public ProtobufWriter Graph()
    {
        if (_hasLibrary)
        {
            _graph.Message(2, _library);
        }
        return _graph.Message(4, new ProtobufWriter().Int64(1, 1087));
    }

    /// <summary>The graph as it is imported.</summary>
    public ImportedModel Import() => TensorFlowFormat.Translate(Read(), null, null);

    /// <summary>The graph as it is read.</summary>
    public TensorFlowModel Read() => TensorFlowReader.ReadFrozen(Graph().ToArray(), "m.pb");
}
