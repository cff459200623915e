using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.Formats;

/// <summary>
/// Settings of a Keras object as its file has them, with a memory of those that were asked for: what nobody asked for would be
/// ignored in silence.
/// </summary>
/// <param name="json">An object; whatever else counts as one without settings.</param>
/// <param name="where">File and layer, for errors.</param>
internal sealed class KerasConfig(JsonElement json, string where)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>File and layer, for errors.</summary>
    public string Where => where;

    /// <summary>The settings that are there and were not asked for, but for those that are null, false or empty.</summary>
    public IEnumerable<string> Unread =>
        json.ValueKind != JsonValueKind.Object
            ? []
            : json.EnumerateObject().Where(p => !_read.Contains(p.Name) && !IsEmpty(p.Value)).Select(p => p.Name);

    /// <summary>The setting, or null where it is left out or null.</summary>
    public JsonElement? Find(string name)
    {
        _read.Add(name);
        return
            json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
    }

    /// <summary>The setting under the first of several names that is there.</summary>
    public JsonElement? Find(params ReadOnlySpan<string> names)
    {
        JsonElement? found = null;
        foreach (var name in names)
        {
            found = Find(name) is { } value && found is null ? value : found;
        }
        return found;
    }

    /// <summary>Settings that have no effect here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _read.Add(name);
        }
    }

    public bool Bool(string name, bool otherwise) =>
        Find(name) switch
        {
            null => otherwise,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.Number } number => number.GetDouble() != 0,
            var other => throw Wrong(name, "true or false", other.Value),
        };

    public string Text(string name, string otherwise) =>
        Find(name) switch
        {
            null => otherwise,
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            var other => throw Wrong(name, "a text", other.Value),
        };

    public long Int(string name, long otherwise) =>
        Find(name) is { } value ? WholeOf(value) ?? throw Wrong(name, "a whole number", value) : otherwise;

    /// <summary>A whole number that must be there and positive.</summary>
    public long Count(params ReadOnlySpan<string> names)
    {
        var found = Find(names);
        return found is { } value && WholeOf(value) is > 0 and <= int.MaxValue and var count
            ? count
            : throw Error($"{names[0]} is {Show(found)}, and must be a whole number from 1 to {int.MaxValue}");
    }

    public float Float(string name, float otherwise) => (float)(Double(name) ?? otherwise);

    public double? Double(string name) =>
        Find(name) is { } value ? RealOf(value) ?? throw Wrong(name, "a real number", value) : null;

    /// <summary>So many whole numbers; one stands for all of them.</summary>
    public ImmutableArray<long> Ints(string name, int count, long least, long? otherwise = null)
    {
        var found = Find(name);
        var numbers = found is not { } value
            ? otherwise is { } given
                ? [.. Enumerable.Repeat(given, count)]
                : default
            : WholeOf(value) is { } one
                ? [.. Enumerable.Repeat(one, count)]
                : IntsOf(value);
        return !numbers.IsDefault && numbers.Length == count && numbers.All(n => n >= least && n <= int.MaxValue)
            ? numbers
            : throw Error(
                $"{name} is {Show(found)}, and must be {count} whole number{(count == 1 ? "" : "s")} from {least}"
            );
    }

    /// <summary>The whole numbers of a setting, one as a list of one; null where it is left out.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="ofNull">What null stands for; null where it stands for nothing.</param>
    public ImmutableArray<long>? IntList(string name, long? ofNull = null)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }
        ImmutableArray<long> numbers = WholeOf(value) is { } one ? [one] : IntsOf(value, ofNull);
        return numbers.IsDefault ? throw Wrong(name, "whole numbers", value) : numbers;
    }

    /// <summary>The real numbers of a setting, one as a list of one, lists of lists flattened; null where it is left out.</summary>
    public ImmutableArray<double>? RealList(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }
        var numbers = ImmutableArray.CreateBuilder<double>();
        Add(value);
        return numbers.ToImmutable();

        void Add(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                {
                    Add(item);
                }
                return;
            }
            numbers.Add(RealOf(element) ?? throw Wrong(name, "real numbers", value));
        }
    }

    /// <summary>An error about the object.</summary>
    public ModelFileException Error(string problem) => new($"{where}: {problem}. Save the model again.");

    /// <summary>A value as errors show it.</summary>
    public static string Show(JsonElement? value)
    {
        var text = value?.GetRawText() ?? "not given";
        return text.Length > 100 ? text[..100] + "..." : text;
    }

    /// <summary>The whole number of an element, null where it is none.</summary>
    public static long? WholeOf(JsonElement value) =>
        value.ValueKind != JsonValueKind.Number ? null
        : value.TryGetInt64(out var number) ? number
        : value.GetDouble() is var real && real == Math.Floor(real) && Math.Abs(real) < 1e15 ? (long)real
        : null;

    private static double? RealOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when value.GetString() is "Infinity" or "inf" => double.PositiveInfinity,
            // NumPy's numbers, as older versions write them; Keras 3 has {"class_name": "__numpy__", ...}.
            JsonValueKind.Object when value.TryGetProperty("value", out var inner) => inner.ValueKind
            == JsonValueKind.Number
                ? inner.GetDouble()
                : null,
            _ => null,
        };

    // Tuples are written as lists, or as {"class_name": "__tuple__", "items": [...]}.
    private static ImmutableArray<long> IntsOf(JsonElement value, long? ofNull = null)
    {
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("items", out var items))
        {
            value = items;
        }
        if (value.ValueKind != JsonValueKind.Array)
        {
            return default;
        }
        var numbers = ImmutableArray.CreateBuilder<long>();
        foreach (var item in value.EnumerateArray())
        {
            if ((item.ValueKind == JsonValueKind.Null ? ofNull : WholeOf(item)) is not { } number)
            {
                return default;
            }
            numbers.Add(number);
        }
        return numbers.ToImmutable();
    }

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind is JsonValueKind.Null or JsonValueKind.False
        || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)
        || (value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any());

    private ModelFileException Wrong(string name, string wanted, JsonElement found) =>
        Error($"{name} is {Show(found)}, and must be {wanted}");
}
