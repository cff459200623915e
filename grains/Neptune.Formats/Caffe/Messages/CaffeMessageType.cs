namespace Neptune.Formats;

/// <summary>The fields that Caffe messages of one type may have.</summary>
internal sealed class CaffeMessageType(string name, IEnumerable<CaffeField> fields)
{
    private readonly Dictionary<string, CaffeField> _byName = fields.ToDictionary(f => f.Name, StringComparer.Ordinal);
    private readonly Dictionary<int, CaffeField> _byNumber = fields.ToDictionary(f => f.Number);

    /// <summary>Its name in caffe.proto.</summary>
    public string Name => name;

    /// <summary>The names of its fields.</summary>
    public IEnumerable<string> FieldNames => _byName.Keys;

    /// <summary>The field of that name; null where there is none.</summary>
    public CaffeField? Find(string field) => _byName.GetValueOrDefault(field);

    /// <summary>The field of that number; null where there is none.</summary>
    public CaffeField? Find(int number) => _byNumber.GetValueOrDefault(number);
}
