using System.Collections.Immutable;
using Neptune.ModelGraph;
using Neptune.ModelGraph.Operations;

namespace Neptune.Formats;

/// <summary>Collects the operations and parameters of a TorchScript model.</summary>
/// <param name="file">What errors call the file.</param>
/// <param name="maximumOperations">More than that are refused: code may call itself in ways that grow without end.</param>
internal sealed class ScriptGraph(string file, long maximumOperations)
{
    private readonly List<Operation> _operations = [];
    private readonly List<Parameter> _parameters = [];
    private readonly Dictionary<string, PickledTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorType> _types = new(StringComparer.Ordinal);
    private readonly List<string> _inputs = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>An input; its type may become known later.</summary>
    public ScriptTensor Input(string name, Shape? sample)
    {
        var input = new ScriptTensor(TakeName(name), null);
        _inputs.Add(input.Name);
        if (sample is not null)
        {
            Settle(input, new(ElementType.Float32, sample.Prepend(Dimension.Batch)));
        }
        return input;
    }

    /// <summary>The value's type and shape.</summary>
    /// <exception cref="ModelFileException">It is an input of unknown shape.</exception>
    public TensorType TypeOf(ScriptTensor value) =>
        value.Type
        ?? throw new ModelFileException(
            $"{file} does not say which shape its input {value.Name} has. Give a sample's shape, channels first, such as "
                + "(3, 224, 224)."
        );

    /// <summary>Says what an input of unknown shape is.</summary>
    public void Settle(ScriptTensor input, TensorType type)
    {
        input.Type = type;
        _types[input.Name] = type;
    }

    /// <summary>Declares a parameter once, and gives its name.</summary>
    public string Declare(ScriptParameter parameter, Initializer initializer)
    {
        if (!_tensors.TryGetValue(parameter.Name, out var known))
        {
            if (!parameter.Tensor.Type.IsFloating())
            {
                throw new ScriptUnsupportedException($"reads {parameter.Name}, which holds {parameter.Tensor.Type}");
            }
            if (!_names.Add(parameter.Name))
            {
                throw new ModelFileException($"{file}: a parameter and another value are called {parameter.Name}.");
            }
            var shape = Shape.Of(parameter.Tensor.Lengths.AsSpan());
            _tensors.Add(parameter.Name, parameter.Tensor);
            _types.Add(parameter.Name, new(ElementType.Float32, shape));
            _parameters.Add(
                new()
                {
                    Name = parameter.Name,
                    Shape = shape,
                    Initializer = initializer,
                    Trainable = parameter.Trainable,
                }
            );
        }
        return parameter.Name;
    }

    /// <summary>Adds an operation.</summary>
    /// <param name="path">The module that it belongs to; the operation is named after it.</param>
    /// <param name="type">ONNX's name of the operator.</param>
    /// <param name="inputs">Values and parameters.</param>
    /// <param name="attributes">Its settings.</param>
    public ScriptTensor Append(
        string path,
        string type,
        IEnumerable<string> inputs,
        params ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    )
    {
        if (_operations.Count >= maximumOperations)
        {
            throw new ModelFileException($"{file}: its code makes more than {maximumOperations} operations.");
        }
        var settings = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var (name, value) in attributes)
        {
            settings.Add(name, value);
        }
        var operationName = TakeName(path.Length == 0 ? type.ToLowerInvariant() : path);
        var operation = new Operation
        {
            Name = operationName,
            Type = type,
            Inputs = [.. inputs],
            Outputs = [operationName],
            Attributes = settings.ToImmutable(),
        };
        try
        {
            var made = OperationInference.Infer(operation, _types)[0];
            _operations.Add(operation);
            _types.Add(operationName, made);
            return new(operationName, made);
        }
        catch (GraphException e)
        {
            throw new ModelFileException(
                $"{file}: {e.Message} Where the input's shape was given, check it: PyTorch's images are channels, height, "
                    + "width.",
                e
            );
        }
    }

    /// <summary>The graph with the given outputs.</summary>
    /// <exception cref="ModelFileException">It is not valid.</exception>
    public Graph Build(string name, IReadOnlyList<ScriptTensor> outputs)
    {
        // A caller's output must be made by an operation, and each by its own.
        var made = new List<ScriptTensor>();
        foreach (var output in outputs)
        {
            made.Add(
                _inputs.Contains(output.Name) || made.Any(other => other.Name == output.Name)
                    ? Append("output", "Identity", [output.Name])
                    : output
            );
        }
        var graph = new Graph
        {
            Name = name,
            Inputs = [.. _inputs.Select(Signature)],
            Outputs = [.. made.Select(output => Signature(output.Name))],
            Operations = [.. _operations],
            Parameters = [.. _parameters],
        };
        try
        {
            GraphValidation.Check(graph);
            return graph;
        }
        catch (GraphException e)
        {
            throw new ModelFileException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>The values of all parameters, as float32.</summary>
    public ImmutableSortedDictionary<string, TensorValue> Weights(TorchTensors tensors)
    {
        var weights = ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);
        foreach (var (name, tensor) in _tensors)
        {
            var value = tensors.Read(name, tensor);
            weights.Add(name, value.Type == ElementType.Float32 ? value : Float32Conversion.Of(value));
        }
        return weights.ToImmutable();
    }

    private ValueSignature Signature(string name) =>
        _types.TryGetValue(name, out var type)
            ? new(name, type.Type, type.Shape)
            : throw new ModelFileException($"{file}: nothing in the code tells the shape of its input {name}.");

    // The next number of a name is kept: to count from 1 each time would take quadratic time.
    private string TakeName(string wanted)
    {
        var name = wanted;
        while (!_names.Add(name))
        {
            var next = _next.GetValueOrDefault(wanted) + 1;
            _next[wanted] = next;
            name = $"{wanted}_{next}";
        }
        return name;
    }
}
