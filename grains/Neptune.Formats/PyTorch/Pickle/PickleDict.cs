using System.Diagnostics.CodeAnalysis;

namespace Neptune.Formats;

/// <summary>
/// A dictionary of a pickle, in the order in which it was filled. Only texts are compared as keys: comparing nested tuples
/// could take time that grows exponentially with the file.
/// </summary>
internal sealed class PickleDict
{
    private readonly List<KeyValuePair<object?, object?>> _items = [];
    private Dictionary<string, int>? _places;

    /// <summary>Keys and values in order.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Items => _items;

    /// <summary>Sets a value; a text as key replaces the value it had, in its place.</summary>
    public void Set(object? key, object? value)
    {
        if (key is string text)
        {
            _places ??= new(StringComparer.Ordinal);
            if (!_places.TryAdd(text, _items.Count))
            {
                _items[_places[text]] = new(text, value);
                return;
            }
        }
        _items.Add(new(key, value));
    }

    /// <summary>True where there is a value for a text.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out object? value)
    {
        value = _places is not null && _places.TryGetValue(key, out var place) ? _items[place].Value : null;
        return value is not null;
    }
}
