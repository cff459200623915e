using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>A JSON value with its path, read strictly: every error is a <see cref="GraphException"/> with the path.</summary>
internal readonly struct JsonInput
{
    private readonly JsonElement _element;
    private readonly string _path;

    private JsonInput(JsonElement element, string path) => (_element, _path) = (element, path);

    /// <summary>Parses bytes of bounded length and depth and reads them.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> json, int maximumBytes, int maximumDepth, Func<JsonInput, T> read)
    {
        if (json.Length > maximumBytes)
        {
            throw new GraphException($"The JSON has {json.Length} bytes, and at most {maximumBytes} are read.");
        }
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = maximumDepth, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(json, options);
            return read(new(document.RootElement, "$"));
        }
        catch (JsonException e)
        {
            throw new GraphException($"The JSON is broken: {e.Message}", e);
        }
        // System.Text.Json reports a text that is not Unicode so.
        catch (InvalidOperationException e)
        {
            throw new GraphException($"The JSON holds a text that is not Unicode: {e.Message}", e);
        }
    }

    /// <summary>Throws unless this is an object with no other fields than these.</summary>
    public void RequireFields(params ReadOnlySpan<string> known)
    {
        RequireKind(JsonValueKind.Object, "an object");
        foreach (var property in _element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw Error(
                    $"field {property.Name} is not known. {NearestNames.Offer(property.Name, known.ToArray())}"
                );
            }
        }
    }

    public JsonInput this[string field] => Optional(field) ?? throw Error($"field {field} is missing.");

    public JsonInput? Optional(string field)
    {
        RequireKind(JsonValueKind.Object, "an object");
        return _element.TryGetProperty(field, out var value) ? new(value, $"{_path}.{field}") : null;
    }

    public string Text()
    {
        RequireKind(JsonValueKind.String, "a text");
        return _element.GetString()!;
    }

    public bool IsText => _element.ValueKind == JsonValueKind.String;

    public bool Boolean() =>
        _element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Error("must be true or false."),
        };

    public long Int64() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetInt64(out var value)
            ? value
            : throw Error("must be a whole number of 64 bits.");

    public ulong UInt64() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetUInt64(out var value)
            ? value
            : throw Error("must be a whole number of 64 bits from 0.");

    public int Int32() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out var value)
            ? value
            : throw Error("must be a whole number of 32 bits.");

    public float Single() =>
        IsText ? (float)NotFinite()
        : _element.ValueKind == JsonValueKind.Number && _element.TryGetSingle(out var value) && float.IsFinite(value)
            ? value
        : throw Error("must be a real number of 32 bits.");

    public double Double() =>
        IsText ? NotFinite()
        : _element.ValueKind == JsonValueKind.Number && _element.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
        : throw Error("must be a real number of 64 bits.");

    public ImmutableArray<T> Array<T>(Func<JsonInput, T> read)
    {
        RequireKind(JsonValueKind.Array, "a list");
        var items = ImmutableArray.CreateBuilder<T>(_element.GetArrayLength());
        foreach (var item in _element.EnumerateArray())
        {
            items.Add(read(new(item, $"{_path}[{items.Count}]")));
        }
        return items.MoveToImmutable();
    }

    /// <summary>The object's fields in order.</summary>
    public IEnumerable<(string Name, JsonInput Value)> Fields()
    {
        RequireKind(JsonValueKind.Object, "an object");
        var path = _path;
        return _element.EnumerateObject().Select(p => (p.Name, new JsonInput(p.Value, $"{path}.{p.Name}")));
    }

    /// <summary>The value behind a name, or an error that offers the nearest.</summary>
    public T OneOf<T>(IReadOnlyDictionary<string, T> choices)
    {
        var name = Text();
        return choices.TryGetValue(name, out var value)
            ? value
            : throw Error($"{name} is not known. {NearestNames.Offer(name, choices.Keys)}");
    }

    public GraphException Error(string problem) => new($"JSON {_path}: {problem}");

    private double NotFinite() =>
        Text() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw Error("must be a number, or one of \"NaN\", \"Infinity\", \"-Infinity\"."),
        };

    private void RequireKind(JsonValueKind kind, string what)
    {
        if (_element.ValueKind != kind)
        {
            throw Error($"must be {what}.");
        }
    }
}
