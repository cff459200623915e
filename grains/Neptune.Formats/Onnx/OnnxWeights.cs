using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// A model's initializers: real numbers become parameters, whole numbers and single values constants of the graph. Each is
/// taken when the first node reads it.
/// </summary>
internal sealed class OnnxWeights
{
    // Constants are part of the graph's text; weights are not.
    private const int LargestConstantBytes = 16 << 20;

    private readonly Dictionary<string, OnnxTensor> _initializers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _trained;
    private readonly string? _folder;
    private readonly GraphAssembler _assembler;
    private readonly ImmutableSortedDictionary<string, TensorValue>.Builder _values =
        ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);

    public OnnxWeights(OnnxGraph graph, string? folder, GraphAssembler assembler)
    {
        _folder = folder;
        _assembler = assembler;
        foreach (var tensor in graph.Initializers)
        {
            _initializers.TryAdd(tensor.Name, tensor);
        }
        _trained = OnnxTrained.Of(graph);
    }

    /// <summary>The parameters' values.</summary>
    public ImmutableSortedDictionary<string, TensorValue> Values => _values.ToImmutable();

    /// <summary>What a user should know of them.</summary>
    public ImmutableArray<string> Notes { get; private set; } = [];

    /// <summary>The elements of an initializer; null where there is none of that name.</summary>
    public TensorValue? Find(string name) =>
        _initializers.TryGetValue(name, out var tensor) ? OnnxTensors.ToValue(tensor, _folder) : null;

    /// <summary>The name of the value in the graph that an initializer becomes; any other name is given back.</summary>
    /// <exception cref="ModelFileException">Its elements are damaged.</exception>
    /// <exception cref="OnnxRefusedException">Its elements are of a type that is not known.</exception>
    public string Use(string name)
    {
        if (name.Length == 0 || !_initializers.TryGetValue(name, out var tensor))
        {
            return name;
        }
        if (!_names.TryGetValue(name, out var used))
        {
            if (OnnxElementTypes.Computed(tensor.DataType) is null)
            {
                throw new OnnxRefusedException(
                    $"{tensor.Title} has elements of {OnnxElementTypes.Name(tensor.DataType)}, which are not computed with"
                );
            }
            _names[name] = used = Add(name, OnnxTensors.ToValue(tensor, _folder));
        }
        return used;
    }

    /// <summary>Adds a value to the graph.</summary>
    /// <returns>Its name there.</returns>
    public string Add(string name, TensorValue value)
    {
        var free = _assembler.FreeName(OnnxNames.Of(name, "weight"));
        var isParameter =
            value.Type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16
            && value.Shape.Rank > 0
            && value.Shape.ElementCount() > 0;
        if (!isParameter)
        {
            if (value.Bytes.Length > LargestConstantBytes)
            {
                throw new OnnxRefusedException(
                    $"{name} is a constant of {value.Type} with {value.Bytes.Length >> 20} MB; more than "
                        + $"{LargestConstantBytes >> 20} MB are supported for float weights only"
                );
            }
            _assembler.Append(ConstantValue.ToOperation(free, value));
            return free;
        }
        _assembler.AddParameter(
            new()
            {
                Name = free,
                Shape = value.Shape,
                Initializer = Initializer.Zeros,
                Trainable = _trained.Contains(name),
            }
        );
        if (value.Type == ElementType.Float32)
        {
            _values.Add(free, value);
            return free;
        }
        // Weights are kept as float32, which holds the halves exactly; they are computed with as the model says.
        _values.Add(free, Halves.Widen(value));
        Notes = Notes.IsEmpty ? [$"Weights of {value.Type} are kept as Float32."] : Notes;
        var cast = _assembler.FreeName($"{free}.{value.Type}");
        _assembler.Append(
            new()
            {
                Name = cast,
                Type = "Cast",
                Inputs = [free],
                Outputs = [cast],
                Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty.Add(
                    "to",
                    new AttributeValue.Text(value.Type.ToString())
                ),
            }
        );
        return cast;
    }
}
