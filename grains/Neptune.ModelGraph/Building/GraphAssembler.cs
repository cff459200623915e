using System.Collections.Immutable;
using Neptune.ModelGraph.Operations;

namespace Neptune.ModelGraph;

/// <summary>Puts a graph together of operations as they are, and knows the type of every value on the way: for importers.</summary>
/// <param name="name">The graph's name.</param>
public sealed class GraphAssembler(string name)
{
    private readonly ImmutableArray<ValueSignature>.Builder _inputs = ImmutableArray.CreateBuilder<ValueSignature>();
    private readonly ImmutableArray<Parameter>.Builder _parameters = ImmutableArray.CreateBuilder<Parameter>();
    private readonly ImmutableArray<Operation>.Builder _operations = ImmutableArray.CreateBuilder<Operation>();
    private readonly Dictionary<string, TensorType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownElements> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _operationNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lastNumbers = new(StringComparer.Ordinal); // of the names made of a stem

    /// <summary>Adds an input.</summary>
    /// <exception cref="GraphException">The name is taken.</exception>
    public void AddInput(ValueSignature input)
    {
        Define(input.Name, new(input.Type, input.Shape));
        _inputs.Add(input);
    }

    /// <summary>Adds a parameter.</summary>
    /// <exception cref="GraphException">The name is taken.</exception>
    public void AddParameter(Parameter parameter)
    {
        Define(parameter.Name, new(parameter.Type, parameter.Shape));
        _parameters.Add(parameter);
    }

    /// <summary>Adds an operation behind those there are.</summary>
    /// <exception cref="GraphException">The operator is not known, its inputs do not fit, or a name is taken.</exception>
    public void Append(Operation operation)
    {
        if (!_operationNames.Add(operation.Name))
        {
            throw new GraphException($"Two operations are called {operation.Name}. Rename one.");
        }
        var types = OperationInference.Infer(operation, _types, _known);
        for (var i = 0; i < operation.Outputs.Length; i++)
        {
            if (operation.Outputs[i].Length > 0)
            {
                Define(operation.Outputs[i], types[i]);
            }
        }
        _operations.Add(operation);
    }

    /// <summary>What is known of a value; null where there is none of that name.</summary>
    public TensorType? TypeOf(string value) => _types.TryGetValue(value, out var type) ? type : null;

    /// <summary>The whole numbers of a value, where all are known before the graph runs.</summary>
    public ImmutableArray<long>? NumbersOf(string value) => _known.GetValueOrDefault(value)?.Numbers;

    /// <summary>A name that no value and no operation has yet.</summary>
    public string FreeName(string stem)
    {
        var number = _lastNumbers.GetValueOrDefault(stem);
        var candidate = number == 0 ? stem : $"{stem}_{number}";
        while (_types.ContainsKey(candidate) || _operationNames.Contains(candidate))
        {
            candidate = $"{stem}_{++number}";
        }
        _lastNumbers[stem] = number;
        return candidate;
    }

    /// <summary>The graph so far, checked.</summary>
    /// <param name="outputs">The names of the values that it gives.</param>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public Graph Build(IEnumerable<string> outputs)
    {
        var graph = new Graph
        {
            Name = name,
            Inputs = _inputs.ToImmutable(),
            Outputs =
            [
                .. outputs.Select(output =>
                    _types.TryGetValue(output, out var type)
                        ? new ValueSignature(output, type.Type, type.Shape)
                        : throw new GraphException(
                            $"Output {output} is not made by any operation. {NearestNames.Offer(output, _types.Keys)}"
                        )
                ),
            ],
            Operations = _operations.ToImmutable(),
            Parameters = _parameters.ToImmutable(),
        };
        GraphValidation.Check(graph);
        return graph;
    }

    private void Define(string value, TensorType type)
    {
        if (!_types.TryAdd(value, type))
        {
            throw new GraphException($"Two values are called {value}. Names must be unique.");
        }
    }
}
