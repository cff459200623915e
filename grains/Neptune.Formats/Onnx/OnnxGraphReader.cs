using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Reads graphs and what they consist of; graphs lie in nodes, and nodes in graphs.</summary>
internal static class OnnxGraphReader
{
    /// <summary>A GraphProto.</summary>
    public static OnnxGraph Graph(ProtobufMessage message)
    {
        var reader = message.Read();
        var (name, doc) = ("", "");
        var nodes = ImmutableArray.CreateBuilder<OnnxNode>();
        var initializers = ImmutableArray.CreateBuilder<OnnxTensor>();
        var sparse = ImmutableArray.CreateBuilder<string>();
        var inputs = ImmutableArray.CreateBuilder<OnnxValueInfo>();
        var outputs = ImmutableArray.CreateBuilder<OnnxValueInfo>();
        var values = ImmutableArray.CreateBuilder<OnnxValueInfo>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    nodes.Add(Node(reader.Message()));
                    break;
                case 2:
                    name = reader.Text();
                    break;
                case 5:
                    initializers.Add(Tensor(reader.Message()));
                    break;
                case 10:
                    doc = reader.Text();
                    break;
                case 11:
                    inputs.Add(OnnxTypeReader.ValueInfo(reader.Message()));
                    break;
                case 12:
                    outputs.Add(OnnxTypeReader.ValueInfo(reader.Message()));
                    break;
                case 13:
                    values.Add(OnnxTypeReader.ValueInfo(reader.Message()));
                    break;
                case 15:
                    sparse.Add(SparseName(reader.Message()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new()
        {
            Name = name,
            DocString = doc,
            Nodes = nodes.DrainToImmutable(),
            Initializers = initializers.DrainToImmutable(),
            SparseInitializers = sparse.DrainToImmutable(),
            Inputs = inputs.DrainToImmutable(),
            Outputs = outputs.DrainToImmutable(),
            ValueInfos = values.DrainToImmutable(),
        };
    }

    /// <summary>A NodeProto.</summary>
    public static OnnxNode Node(ProtobufMessage message)
    {
        var reader = message.Read();
        var (name, type, domain, overload, doc) = ("", "", "", "", "");
        var inputs = ImmutableArray.CreateBuilder<string>();
        var outputs = ImmutableArray.CreateBuilder<string>();
        var attributes = ImmutableArray.CreateBuilder<OnnxAttribute>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    inputs.Add(reader.Text());
                    break;
                case 2:
                    outputs.Add(reader.Text());
                    break;
                case 3:
                    name = reader.Text();
                    break;
                case 4:
                    type = reader.Text();
                    break;
                case 5:
                    attributes.Add(Attribute(reader.Message()));
                    break;
                case 6:
                    doc = reader.Text();
                    break;
                case 7:
                    domain = OnnxReader.Canonical(reader.Text());
                    break;
                case 8:
                    overload = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new()
        {
            Name = name,
            OpType = type,
            Domain = domain,
            Overload = overload,
            DocString = doc,
            Inputs = inputs.DrainToImmutable(),
            Outputs = outputs.DrainToImmutable(),
            Attributes = attributes.DrainToImmutable(),
        };
    }

    /// <summary>An AttributeProto.</summary>
    public static OnnxAttribute Attribute(ProtobufMessage message)
    {
        var reader = message.Read();
        var attribute = new OnnxAttribute();
        var floats = ImmutableArray.CreateBuilder<float>();
        var ints = ImmutableArray.CreateBuilder<long>();
        var strings = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var tensors = ImmutableArray.CreateBuilder<OnnxTensor>();
        var graphs = ImmutableArray.CreateBuilder<OnnxGraph>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 7:
                    reader.AddFloats(floats);
                    break;
                case 8:
                    reader.AddInt64s(ints);
                    break;
                case 9:
                    strings.Add(reader.Bytes());
                    break;
                case 10:
                    tensors.Add(Tensor(reader.Message()));
                    break;
                case 11:
                    graphs.Add(Graph(reader.Message()));
                    break;
                default:
                    attribute = Single(attribute, ref reader);
                    break;
            }
        }
        return attribute with
        {
            Floats = floats.DrainToImmutable(),
            Ints = ints.DrainToImmutable(),
            Strings = strings.DrainToImmutable(),
            Tensors = tensors.DrainToImmutable(),
            Graphs = graphs.DrainToImmutable(),
        };
    }

    /// <summary>A TensorProto, whose elements stay where they are.</summary>
    public static OnnxTensor Tensor(ProtobufMessage message)
    {
        var reader = message.Read();
        var name = "";
        var type = 0;
        var external = false;
        ReadOnlyMemory<byte>? raw = null;
        var dimensions = ImmutableArray.CreateBuilder<long>();
        var place = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    reader.AddInt64s(dimensions);
                    break;
                case 2:
                    type = reader.Int32();
                    break;
                case 3:
                    throw reader.Error(
                        "the tensor is cut into segments, which no exporter writes. Export the model again."
                    );
                case 8:
                    name = reader.Text();
                    break;
                case 9:
                    raw = reader.Bytes();
                    break;
                case 13:
                    var (key, value) = OnnxReader.Entry(reader.Message());
                    place[key] = value;
                    break;
                case 14:
                    external = reader.Int32() == 1;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new()
        {
            Name = name,
            DataType = type,
            Dimensions = dimensions.DrainToImmutable(),
            RawData = raw,
            ExternalData = external ? External(message, name, place) : null,
            Message = message,
        };
    }

    private static OnnxAttribute Single(OnnxAttribute attribute, ref ProtobufReader reader)
    {
        switch (reader.Field)
        {
            case 1:
                return attribute with { Name = reader.Text() };
            case 2:
                return attribute with { F = reader.Float() };
            case 3:
                return attribute with { I = reader.Int64() };
            case 4:
                return attribute with { S = reader.Bytes() };
            case 5 when attribute.T is null:
                return attribute with { T = Tensor(reader.Message()) };
            case 6 when attribute.G is null:
                return attribute with { G = Graph(reader.Message()) };
            case 14 when attribute.Type is null:
                return attribute with { Type = OnnxTypeReader.Type(reader.Message()) };
            case 5 or 6 or 14:
                throw OnnxReader.Twice(reader, $"a value of attribute {attribute.Name}");
            case 20:
                return attribute with { Kind = (OnnxAttributeKind)reader.Int32() };
            case 21:
                return attribute with { RefAttributeName = reader.Text() };
            default:
                reader.Skip();
                return attribute;
        }
    }

    private static OnnxExternalData External(ProtobufMessage message, string name, Dictionary<string, string> place)
    {
        return new(
            place.GetValueOrDefault("location") is { Length: > 0 } location
                ? location
                : throw message.Error(
                    $"tensor {name} is in another file, and does not say which. Export the model again."
                ),
            Number("offset") ?? 0,
            Number("length")
        );

        long? Number(string key)
        {
            if (!place.TryGetValue(key, out var text))
            {
                return null;
            }
            return long.TryParse(text, System.Globalization.NumberStyles.None, null, out var number)
                ? number
                : throw message.Error(
                    $"tensor {name} is in another file with {key} \"{text}\", which must be a number from 0."
                );
        }
    }

    private static string SparseName(ProtobufMessage message)
    {
        var reader = message.Read();
        var name = "";
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                name = Tensor(reader.Message()).Name;
            }
            else
            {
                reader.Skip();
            }
        }
        return name;
    }
}
