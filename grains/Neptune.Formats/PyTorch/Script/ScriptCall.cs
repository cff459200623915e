using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A call of an operator in TorchScript's code: its arguments by place or name.</summary>
/// <param name="Graph">Receives operations.</param>
/// <param name="Path">The module whose code calls.</param>
/// <param name="Arguments">By place.</param>
/// <param name="Named">By name.</param>
internal sealed record ScriptCall(
    ScriptGraph Graph,
    string Path,
    ImmutableArray<object?> Arguments,
    ImmutableDictionary<string, object?> Named
)
{
    /// <summary>True where the argument is given.</summary>
    public bool Has(int place, string name) => place < Arguments.Length || Named.ContainsKey(name);

    /// <summary>The argument; null where it is None or left out.</summary>
    public object? Get(int place, string name) =>
        place < Arguments.Length ? Arguments[place] : Named.GetValueOrDefault(name);

    public ScriptTensor Tensor(int place, string name) =>
        Get(place, name) as ScriptTensor ?? throw Unsupported($"has a {name} that is not computed from the input");

    public ScriptParameter? Parameter(int place, string name) =>
        Get(place, name) switch
        {
            null => null,
            ScriptParameter parameter => parameter,
            _ => throw Unsupported($"has a {name} that is no parameter of the model"),
        };

    public ScriptParameter RequiredParameter(int place, string name) =>
        Parameter(place, name) ?? throw Unsupported($"has no {name}");

    public long Int(int place, string name, long otherwise) =>
        !Has(place, name)
            ? otherwise
            : Get(place, name) as long? ?? throw Unsupported($"has a {name} that is no number");

    public double Number(int place, string name, double otherwise) =>
        !Has(place, name)
            ? otherwise
            : Get(place, name) switch
            {
                double real => real,
                long whole => whole,
                _ => throw Unsupported($"has a {name} that is no number"),
            };

    public bool Flag(int place, string name, bool otherwise) =>
        !Has(place, name) ? otherwise : Get(place, name) as bool? ?? throw Unsupported($"has a {name} that is no bool");

    /// <summary>A list of whole numbers; a number stands for a list of it.</summary>
    public ImmutableArray<long> Ints(int place, string name) =>
        Get(place, name) switch
        {
            null => [],
            long number => [number],
            List<object?> items when items.All(item => item is long) => [.. items.Cast<long>()],
            _ => throw Unsupported($"has a {name} that is no list of whole numbers"),
        };

    /// <summary>Two whole numbers: height and width; one number stands for both.</summary>
    public long[] Pair(int place, string name, long[] otherwise) =>
        Ints(place, name) switch
        {
            [] => otherwise,
            [var both] => [both, both],
            [var height, var width] => [height, width],
            _ => throw Unsupported($"has a {name} that is not for two dimensions"),
        };

    /// <summary>Throws unless the value has so many dimensions.</summary>
    public Shape ShapeOfRank(ScriptTensor value, int rank)
    {
        var shape = Graph.TypeOf(value).Shape;
        return shape.Rank == rank ? shape : throw Unsupported($"reads a value of shape {shape}");
    }

    /// <summary>An axis from 0; a negative one counts from the end.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw Unsupported($"has dimension {axis}");

    public ScriptTensor Append(
        string type,
        IEnumerable<string> inputs,
        params ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    ) => Graph.Append(Path, type, inputs, attributes);

    /// <summary>The error that lists this use of the operator among those that are not supported.</summary>
    public static ScriptUnsupportedException Unsupported(string reason) => new(reason);
}
