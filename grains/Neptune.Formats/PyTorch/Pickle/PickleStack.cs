using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Neptune.Formats;

/// <summary>The values that a pickle's opcodes leave for later ones, and the marks where groups of them begin.</summary>
/// <param name="input">Makes errors.</param>
internal sealed class PickleStack(PickleInput input)
{
    private const int MaximumMarks = 1000;

    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];

    private int Bottom => _marks.Count == 0 ? 0 : _marks[^1];

    public void Push(object? value) => _values.Add(value);

    public void Mark(int position)
    {
        if (_marks.Count == MaximumMarks)
        {
            throw input.Error(position, $"values are nested more than {MaximumMarks} deep.");
        }
        _marks.Add(_values.Count);
    }

    /// <summary>The last value; stays.</summary>
    public object? Top(int position) => _values.Count > Bottom ? _values[^1] : throw Missing(position);

    public object? Pop(int position)
    {
        var top = Top(position);
        _values.RemoveAt(_values.Count - 1);
        return top;
    }

    /// <summary>Takes off the last value, or the last mark where none stands behind it.</summary>
    public void PopValueOrMark(int position)
    {
        if (_values.Count == Bottom && _marks.Count > 0)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop(position);
        }
    }

    public ImmutableArray<object?> PopMany(int count, int position)
    {
        if (_values.Count - count < Bottom)
        {
            throw Missing(position);
        }
        ImmutableArray<object?> items = [.. CollectionsMarshal.AsSpan(_values)[^count..]];
        _values.RemoveRange(_values.Count - count, count);
        return items;
    }

    /// <summary>All values behind the last mark, and the mark.</summary>
    public ImmutableArray<object?> PopToMark(int position)
    {
        if (_marks.Count == 0)
        {
            throw Missing(position);
        }
        var items = PopMany(_values.Count - Bottom, position);
        _marks.RemoveAt(_marks.Count - 1);
        return items;
    }

    public void RequireEmpty(int position)
    {
        if (_values.Count + _marks.Count > 0)
        {
            throw input.Error(position, $"the pickle ends with {_values.Count} values that nothing takes.");
        }
    }

    private ModelFileException Missing(int position) =>
        input.Error(position, "an opcode takes a value that is not there: the file is damaged.");
}
