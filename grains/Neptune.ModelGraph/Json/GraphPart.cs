using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of a graph: signatures, parameters, operations.</summary>
internal static class GraphPart
{
    // The one dimension of a shape of which nothing is known.
    private const string OpenShape = "...";

    private static readonly ImmutableDictionary<string, ElementType> ElementTypes = Enum.GetValues<ElementType>()
        .ToImmutableDictionary(type => type.ToString().ToLowerInvariant());

    public static void Write(Utf8JsonWriter json, string field, Graph graph)
    {
        json.WriteStartObject(field);
        json.WriteString("name", graph.Name);
        WriteSignatures(json, "inputs", graph.Inputs);
        WriteSignatures(json, "outputs", graph.Outputs);
        json.WriteStartArray("parameters");
        foreach (var parameter in graph.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            WriteType(json, parameter.Type, parameter.Shape);
            InitializerPart.Write(json, "initializer", parameter.Initializer);
            json.WriteBoolean("trainable", parameter.Trainable);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("operations");
        foreach (var operation in graph.Operations)
        {
            WriteOperation(json, operation);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static Graph Read(JsonInput input)
    {
        input.RequireFields("name", "inputs", "outputs", "parameters", "operations");
        return new()
        {
            Name = input["name"].Text(),
            Inputs = input["inputs"].Array(ReadSignature),
            Outputs = input["outputs"].Array(ReadSignature),
            Parameters = input["parameters"].Array(ReadParameter),
            Operations = input["operations"].Array(ReadOperation),
        };
    }

    private static void WriteSignatures(Utf8JsonWriter json, string field, ImmutableArray<ValueSignature> signatures)
    {
        json.WriteStartArray(field);
        foreach (var signature in signatures)
        {
            json.WriteStartObject();
            json.WriteString("name", signature.Name);
            WriteType(json, signature.Type, signature.Shape);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static ValueSignature ReadSignature(JsonInput input)
    {
        input.RequireFields("name", "type", "shape");
        return new(input["name"].Text(), input["type"].OneOf(ElementTypes), ReadShape(input["shape"]));
    }

    private static Parameter ReadParameter(JsonInput input)
    {
        input.RequireFields("name", "type", "shape", "initializer", "trainable");
        return new()
        {
            Name = input["name"].Text(),
            Type = input["type"].OneOf(ElementTypes),
            Shape = ReadShape(input["shape"]),
            Initializer = InitializerPart.Read(input["initializer"]),
            Trainable = input["trainable"].Boolean(),
        };
    }

    private static void WriteType(Utf8JsonWriter json, ElementType type, Shape shape)
    {
        json.WriteString("type", type.ToString().ToLowerInvariant());
        json.WriteStartArray("shape");
        if (!shape.IsKnown)
        {
            json.WriteStringValue(OpenShape);
        }
        foreach (var dimension in shape.Dimensions)
        {
            if (dimension.IsFixed)
            {
                json.WriteNumberValue(dimension.Length);
            }
            else
            {
                json.WriteStringValue(dimension.Symbol);
            }
        }
        json.WriteEndArray();
    }

    private static Shape ReadShape(JsonInput input)
    {
        var dimensions = input.Array(ReadDimension);
        return dimensions is [{ Symbol: OpenShape }] ? Shape.Unknown : new(dimensions);
    }

    private static Dimension ReadDimension(JsonInput input)
    {
        if (input.IsText)
        {
            var symbol = input.Text();
            return string.IsNullOrWhiteSpace(symbol)
                ? throw input.Error("is an empty symbol. Give a name such as N.")
                : Dimension.Symbolic(symbol);
        }
        var length = input.Int64();
        return length >= 0 ? length : throw input.Error($"is {length}, and a length is not negative.");
    }

    private static void WriteOperation(Utf8JsonWriter json, Operation operation)
    {
        json.WriteStartObject();
        json.WriteString("name", operation.Name);
        json.WriteString("type", operation.Type);
        json.WriteTexts("inputs", operation.Inputs);
        json.WriteTexts("outputs", operation.Outputs);
        json.WriteStartObject("attributes");
        // The dictionary may have been made with another comparer.
        foreach (var (name, value) in operation.Attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(name);
            WriteAttribute(json, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Operation ReadOperation(JsonInput input)
    {
        input.RequireFields("name", "type", "inputs", "outputs", "attributes");
        return new()
        {
            Name = input["name"].Text(),
            Type = input["type"].Text(),
            Inputs = input["inputs"].Array(name => name.Text()),
            Outputs = input["outputs"].Array(name => name.Text()),
            Attributes = input["attributes"]
                .Fields()
                .ToImmutableSortedDictionary(
                    field => field.Name,
                    field => ReadAttribute(field.Value),
                    StringComparer.Ordinal
                ),
        };
    }

    private static void WriteAttribute(Utf8JsonWriter json, AttributeValue value)
    {
        switch (value)
        {
            case AttributeValue.Int number:
                json.WriteNumber("int", number.Value);
                break;
            case AttributeValue.Float number:
                json.WriteReal("float", number.Value);
                break;
            case AttributeValue.Text text:
                json.WriteString("text", text.Value);
                break;
            case AttributeValue.Ints numbers:
                json.WriteStartArray("ints");
                foreach (var number in numbers.Values)
                {
                    json.WriteNumberValue(number);
                }
                json.WriteEndArray();
                break;
            case AttributeValue.Floats numbers:
                json.WriteStartArray("floats");
                foreach (var number in numbers.Values)
                {
                    json.WriteReal(number);
                }
                json.WriteEndArray();
                break;
            case AttributeValue.Texts texts:
                json.WriteTexts("texts", texts.Values);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No JSON for {value}.");
        }
    }

    private static AttributeValue ReadAttribute(JsonInput input)
    {
        input.RequireFields("int", "float", "text", "ints", "floats", "texts");
        var fields = input.Fields().ToArray();
        if (fields.Length != 1)
        {
            throw input.Error("must have one field: int, float, text, ints, floats or texts.");
        }
        var value = fields[0].Value;
        return fields[0].Name switch
        {
            "int" => new AttributeValue.Int(value.Int64()),
            "float" => new AttributeValue.Float(value.Single()),
            "text" => new AttributeValue.Text(value.Text()),
            "ints" => new AttributeValue.Ints(value.Array(item => item.Int64())),
            "texts" => new AttributeValue.Texts(value.Array(item => item.Text())),
            _ => new AttributeValue.Floats(value.Array(item => item.Single())),
        };
    }
}
