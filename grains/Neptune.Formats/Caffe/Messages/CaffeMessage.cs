using System.Diagnostics;

namespace Neptune.Formats;

/// <summary>
/// A message of a Caffe file, text or binary alike. It remembers which fields were asked for: those that nobody asked for are
/// settings that are not honoured.
/// </summary>
internal sealed class CaffeMessage(CaffeMessageType type, CaffePlace place)
{
    private readonly Dictionary<string, List<CaffeValue>> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<(string Name, CaffePlace Place)> _unknown = [];

    /// <summary>The message's type.</summary>
    public CaffeMessageType Type => type;

    /// <summary>Where it begins.</summary>
    public CaffePlace Place => place;

    /// <summary>Fields that Caffe does not know.</summary>
    public IReadOnlyList<(string Name, CaffePlace Place)> Unknown => _unknown;

    /// <summary>The names of the fields that are there.</summary>
    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>The fields that are there and were never asked for, Caffe's own first.</summary>
    public IEnumerable<string> Unread =>
        _fields.Keys.Where(name => !_read.Contains(name)).Concat(_unknown.Select(u => u.Name));

    /// <summary>Adds a value.</summary>
    public void Add(CaffeField field, CaffeValue value)
    {
        if (!_fields.TryGetValue(field.Name, out var values))
        {
            _fields.Add(field.Name, values = []);
        }
        else if (!field.IsRepeated)
        {
            // The last holds, as in binary messages; the reader of texts refuses it before.
            values.Clear();
        }
        values.Add(value);
    }

    /// <summary>Adds a field that Caffe does not know.</summary>
    public void AddUnknown(string name, CaffePlace at) => _unknown.Add((name, at));

    /// <summary>True where the field is there.</summary>
    public bool Has(string name)
    {
        _read.Add(name);
        return _fields.ContainsKey(name);
    }

    /// <summary>All values of a field.</summary>
    public IReadOnlyList<CaffeValue> Values(string name)
    {
        _read.Add(name);
        return _fields.GetValueOrDefault(name) ?? (IReadOnlyList<CaffeValue>)[];
    }

    /// <summary>Says that fields do not change what is computed.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _read.Add(name);
        }
    }

    /// <summary>A text, or the name of a choice.</summary>
    public string Text(string name) => (string)One(name);

    /// <summary>Texts.</summary>
    public string[] Texts(string name) => [.. Values(name).Select(v => (string)v.Value)];

    /// <summary>A whole number.</summary>
    public long Whole(string name) => (long)One(name);

    /// <summary>Whole numbers.</summary>
    public long[] Wholes(string name) => [.. Values(name).Select(v => (long)v.Value)];

    /// <summary>A real number.</summary>
    public float Real(string name) => (float)One(name);

    /// <summary>Real numbers.</summary>
    public float[] Reals(string name) => [.. Values(name).Select(v => (float)v.Value)];

    /// <summary>A truth value.</summary>
    public bool Flag(string name) => (bool)One(name);

    /// <summary>A message; one without fields where it is left out.</summary>
    public CaffeMessage Message(string name) =>
        Values(name) is [.., var last]
            ? (CaffeMessage)last.Value
            : new(CaffeSchema.Of(Definition(name).MessageType), place);

    /// <summary>Messages.</summary>
    public IEnumerable<CaffeMessage> Messages(string name) => Values(name).Select(v => (CaffeMessage)v.Value);

    /// <summary>Where a field stands; where the message begins if it is left out.</summary>
    public CaffePlace PlaceOf(string name) =>
        _fields.TryGetValue(name, out var values)
            ? values[0].Place
            : _unknown.Where(u => u.Name == name).Select(u => (CaffePlace?)u.Place).FirstOrDefault() ?? place;

    private object One(string name) =>
        Values(name) is [.., var last]
            ? last.Value
            : Definition(name).Default
                ?? throw new ModelFileException($"{place.File}: {place}: {name} is missing in {type.Name}. Give it.");

    private CaffeField Definition(string name) =>
        type.Find(name) ?? throw new UnreachableException($"{type.Name} has no field {name}.");
}
