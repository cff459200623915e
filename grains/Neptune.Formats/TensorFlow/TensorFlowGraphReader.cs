using System.Collections.Immutable;
using System.Text;

namespace Neptune.Formats;

/// <summary>
/// Reads GraphDefs into records that say what they say. The numbers of the fields are those of graph.proto, node_def.proto,
/// attr_value.proto, function.proto and tensor_shape.proto in
/// https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework.
/// </summary>
internal static class TensorFlowGraphReader
{
    private const int LongestShape = 254; // TensorFlow's own limit of dimensions

    /// <summary>Reads a GraphDef.</summary>
    public static TensorFlowGraph Graph(ProtobufMessage message)
    {
        var reader = message.Read();
        var nodes = ImmutableArray.CreateBuilder<TensorFlowNode>();
        var functions = new Dictionary<string, TensorFlowFunction>(StringComparer.Ordinal);
        var producer = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    nodes.Add(Node(reader.Message()));
                    break;
                case 2:
                    AddFunctions(reader.Message(), functions);
                    break;
                case 4:
                    producer = Producer(reader.Message());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        var all = nodes.DrainToImmutable();
        return new()
        {
            Nodes = all,
            ByName = ByName(all, message),
            Functions = functions,
            Producer = producer,
        };
    }

    /// <summary>Reads a TensorShapeProto.</summary>
    public static TensorFlowShape Shape(ProtobufMessage message)
    {
        var reader = message.Read();
        var lengths = ImmutableArray.CreateBuilder<long>();
        var isUnknown = false;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    lengths.Add(Length(reader.Message()));
                    break;
                case 3:
                    isUnknown = reader.Bool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return isUnknown ? new((ImmutableArray<long>?)null)
            : lengths.Count <= LongestShape ? new(lengths.DrainToImmutable())
            : throw message.Error($"a shape has {lengths.Count} dimensions, and at most {LongestShape} are possible.");
    }

    /// <summary>Reads a TensorProto.</summary>
    public static TensorFlowTensor Tensor(ProtobufMessage message)
    {
        var reader = message.Read();
        var type = 0;
        var shape = new TensorFlowShape(ImmutableArray<long>.Empty);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    type = reader.Int32();
                    break;
                case 2:
                    shape = Shape(reader.Message());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new()
        {
            DataType = type,
            Shape = shape,
            Message = message,
        };
    }

    private static Dictionary<string, TensorFlowNode> ByName(
        ImmutableArray<TensorFlowNode> nodes,
        ProtobufMessage message
    )
    {
        var result = new Dictionary<string, TensorFlowNode>(nodes.Length, StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            if (!result.TryAdd(node.Name, node))
            {
                throw message.Error($"two nodes are called {node.Name}. The file is damaged.");
            }
        }
        return result;
    }

    private static TensorFlowNode Node(ProtobufMessage message)
    {
        var reader = message.Read();
        var (name, op) = ("", "");
        var inputs = ImmutableArray.CreateBuilder<string>();
        var attributes = ImmutableDictionary.CreateBuilder<string, TensorFlowAttribute>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    op = reader.Text();
                    break;
                case 3:
                    inputs.Add(reader.Text());
                    break;
                case 5:
                    var (key, value) = Entry(reader.Message());
                    if (value is { } attribute)
                    {
                        attributes[key] = Attribute(attribute);
                    }
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return name.Length > 0 && op.Length > 0
            ? new()
            {
                Name = name,
                Op = op,
                Inputs = inputs.DrainToImmutable(),
                Attributes = attributes.ToImmutable(),
            }
            : throw message.Error("a node has no name or no operator. The file is damaged, or no TensorFlow graph.");
    }

    /// <summary>An entry of a map: its key, and its value where that is a message.</summary>
    internal static (string Key, ProtobufMessage? Value) Entry(ProtobufMessage message)
    {
        var reader = message.Read();
        var key = "";
        ProtobufMessage? value = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    key = reader.Text();
                    break;
                case 2:
                    value = reader.Message();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return (key, value);
    }

    private static TensorFlowAttribute Attribute(ProtobufMessage message)
    {
        var reader = message.Read();
        var attribute = new TensorFlowAttribute();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    attribute = List(reader.Message());
                    break;
                case 2:
                    attribute = new() { Text = Encoding.UTF8.GetString(reader.Bytes().Span) };
                    break;
                case 3:
                    attribute = new() { Int = reader.Int64() };
                    break;
                case 4:
                    attribute = new() { Float = reader.Float() };
                    break;
                case 5:
                    attribute = new() { Bool = reader.Bool() };
                    break;
                case 6:
                    attribute = new() { Type = reader.Int32() };
                    break;
                case 7:
                    attribute = new() { Shape = Shape(reader.Message()) };
                    break;
                case 8:
                    attribute = new() { Tensor = Tensor(reader.Message()) };
                    break;
                case 10:
                    attribute = new() { Function = Entry(reader.Message()).Key };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return attribute;
    }

    private static TensorFlowAttribute List(ProtobufMessage message)
    {
        var reader = message.Read();
        var ints = ImmutableArray.CreateBuilder<long>();
        var texts = ImmutableArray.CreateBuilder<string>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    texts.Add(Encoding.UTF8.GetString(reader.Bytes().Span));
                    break;
                case 3:
                    reader.AddInt64s(ints);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new() { Ints = ints.ToImmutable(), Texts = texts.ToImmutable() };
    }

    private static long Length(ProtobufMessage message)
    {
        var reader = message.Read();
        var length = 0L;
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                length = reader.Int64();
            }
            else
            {
                reader.Skip();
            }
        }
        return length >= -1
            ? length
            : throw message.Error($"a shape has a dimension of length {length}. The file is damaged.");
    }

    private static int Producer(ProtobufMessage message)
    {
        var reader = message.Read();
        var producer = 0;
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                producer = reader.Int32();
            }
            else
            {
                reader.Skip();
            }
        }
        return producer;
    }

    private static void AddFunctions(ProtobufMessage message, Dictionary<string, TensorFlowFunction> functions)
    {
        var reader = message.Read();
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                var function = Function(reader.Message());
                functions[function.Name] = function;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static TensorFlowFunction Function(ProtobufMessage message)
    {
        var reader = message.Read();
        var signature = ("", ImmutableArray<string>.Empty, ImmutableArray<string>.Empty);
        var nodes = ImmutableArray.CreateBuilder<TensorFlowNode>();
        var returns = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    signature = Signature(reader.Message());
                    break;
                case 3:
                    nodes.Add(Node(reader.Message()));
                    break;
                case 4:
                    var (key, value) = OnnxReader.Entry(reader.Message());
                    returns[key] = value;
                    break;
                case 5:
                    var (setting, attribute) = Entry(reader.Message());
                    settings[setting] = attribute is { } given ? Attribute(given).Text : null;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new()
        {
            Name = signature.Item1,
            Arguments = signature.Item2,
            Results = signature.Item3,
            Implements = settings.GetValueOrDefault("api_implements"),
            Device = settings.GetValueOrDefault("api_preferred_device"),
            Nodes = ByName(nodes.DrainToImmutable(), message),
            Returns = returns.ToImmutable(),
        };
    }

    private static (string, ImmutableArray<string>, ImmutableArray<string>) Signature(ProtobufMessage message)
    {
        var reader = message.Read();
        var name = "";
        var arguments = ImmutableArray.CreateBuilder<string>();
        var results = ImmutableArray.CreateBuilder<string>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    arguments.Add(Entry(reader.Message()).Key);
                    break;
                case 3:
                    results.Add(Entry(reader.Message()).Key);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return (name, arguments.ToImmutable(), results.ToImmutable());
    }
}
