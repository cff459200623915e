using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>A graph while it is changed: who makes and who reads each value is known all the time.</summary>
internal sealed class GraphRewrite
{
    private readonly Graph _graph;
    private readonly ImmutableDictionary<string, TensorType> _types;
    private readonly List<Operation?> _operations;
    private readonly List<Parameter> _parameters;
    private readonly Dictionary<string, TensorValue> _weights;
    private readonly Dictionary<string, int> _makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<int>> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs;
    private readonly HashSet<string> _names;

    public GraphRewrite(Graph graph, IReadOnlyDictionary<string, TensorValue> weights)
    {
        _graph = graph;
        _types = GraphShapes.Infer(graph);
        _operations = [.. graph.Operations];
        _parameters = [.. graph.Parameters];
        _weights = graph.Parameters.ToDictionary(p => p.Name, p => weights[p.Name], StringComparer.Ordinal);
        _outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        _names = [.. _types.Keys, .. graph.Operations.Select(o => o.Name)];
        for (var i = 0; i < _operations.Count; i++)
        {
            Enter(i, _operations[i]!);
        }
    }

    /// <summary>The operations there are when the walk begins, in order; the walker may change those it has passed.</summary>
    public IEnumerable<Operation> Operations
    {
        get
        {
            for (var i = 0; i < _operations.Count; i++)
            {
                if (_operations[i] is { } operation)
                {
                    yield return operation;
                }
            }
        }
    }

    /// <summary>The weights of the parameters there are.</summary>
    public ImmutableSortedDictionary<string, TensorValue> Weights =>
        _parameters.ToImmutableSortedDictionary(p => p.Name, p => _weights[p.Name], StringComparer.Ordinal);

    /// <summary>True for a value that a caller gets.</summary>
    public bool IsOutput(string value) => _outputs.Contains(value);

    /// <summary>What was known of a value before the graph was changed; null for values that came since.</summary>
    public TensorType? TypeOf(string value) => _types.TryGetValue(value, out var type) ? type : null;

    /// <summary>The operation that makes a value; null for inputs and parameters.</summary>
    public Operation? MakerOf(string value) => _makers.TryGetValue(value, out var maker) ? _operations[maker] : null;

    /// <summary>The operations that read a value.</summary>
    public IEnumerable<Operation> ReadersOf(string value) =>
        _readers.TryGetValue(value, out var readers) ? readers.Order().Select(reader => _operations[reader]!) : [];

    /// <summary>True where one operation reads the value, in one place, and no caller gets it.</summary>
    public bool IsReadOnce(string value) =>
        !IsOutput(value)
        && ReadersOf(value).ToArray() is [var reader]
        && reader.Inputs.Count(name => name == value) == 1;

    /// <summary>
    /// True where a batch normalization reads the value as its mean or variance. Those two are of one kind, both running
    /// statistics or neither, so neither is changed alone.
    /// </summary>
    public bool IsStatistic(string value) =>
        ReadersOf(value)
            .Any(o => o.Type == "BatchNormalization" && o.Inputs.Skip(3).Contains(value, StringComparer.Ordinal));

    /// <summary>The parameter of that name; null where it is none.</summary>
    public Parameter? ParameterOf(string name) =>
        _weights.ContainsKey(name) ? _parameters.Find(p => p.Name == name) : null;

    /// <summary>The value, where it is a parameter or the value of a Constant; else null.</summary>
    public TensorValue? KnownValue(string name) =>
        _weights.TryGetValue(name, out var weight) ? weight
        : MakerOf(name) is { Type: "Constant" } constant ? ConstantValue.Of(constant)
        : null;

    /// <summary>Puts an operation where another was, or nothing.</summary>
    public void Replace(Operation operation, Operation? by)
    {
        var place = _makers[operation.Outputs[0]];
        foreach (var input in operation.Inputs.Where(name => name.Length > 0))
        {
            _readers[input].Remove(place);
        }
        foreach (var output in operation.Outputs.Where(name => name.Length > 0))
        {
            _makers.Remove(output);
        }
        _operations[place] = by;
        if (by is not null)
        {
            Enter(place, by);
        }
    }

    /// <summary>Gives a parameter another value, or adds one behind all others.</summary>
    public void SetParameter(Parameter parameter, TensorValue value, string? behind = null)
    {
        var place = _parameters.FindIndex(p => p.Name == parameter.Name);
        if (place >= 0)
        {
            _parameters[place] = parameter;
        }
        else
        {
            var before = behind is null ? -1 : _parameters.FindIndex(p => p.Name == behind);
            _parameters.Insert(before < 0 ? _parameters.Count : before + 1, parameter);
        }
        _names.Add(parameter.Name);
        _weights[parameter.Name] = value;
    }

    /// <summary>A name that no value and no operation has.</summary>
    public string FreeName(string stem)
    {
        var name = stem;
        for (var i = 1; !_names.Add(name); i++)
        {
            name = $"{stem}_{i}";
        }
        return name;
    }

    /// <summary>Takes out operations and parameters that no output depends on.</summary>
    public void RemoveUnread()
    {
        for (var i = _operations.Count - 1; i >= 0; i--)
        {
            if (_operations[i] is { } operation && operation.Outputs.All(o => !IsOutput(o) && !ReadersOf(o).Any()))
            {
                Replace(operation, null);
            }
        }
        foreach (var parameter in _parameters.Where(p => !IsOutput(p.Name) && !ReadersOf(p.Name).Any()).ToArray())
        {
            _parameters.Remove(parameter);
            _weights.Remove(parameter.Name);
        }
    }

    /// <summary>The graph as it is now.</summary>
    public Graph ToGraph() => _graph with { Operations = [.. Operations], Parameters = [.. _parameters] };

    private void Enter(int place, Operation operation)
    {
        foreach (var input in operation.Inputs.Where(name => name.Length > 0))
        {
            if (!_readers.TryGetValue(input, out var readers))
            {
                _readers.Add(input, readers = []);
            }
            readers.Add(place);
        }
        foreach (var output in operation.Outputs.Where(name => name.Length > 0))
        {
            _makers.Add(output, place);
        }
    }
}
