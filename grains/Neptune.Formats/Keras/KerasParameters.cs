using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The parameters of the graph, made of the file's variables: one for all calls of a layer.</summary>
/// <param name="graph">The graph.</param>
/// <param name="file">What errors call the file.</param>
/// <param name="tensors">The variables of each layer by its path, in Keras's order.</param>
/// <param name="training">What is said of training.</param>
internal sealed class KerasParameters(KerasGraph graph, string file, KerasTensors tensors, KerasTraining training)
{
    private readonly Dictionary<string, Shape> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _laidOut = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _converted = new(StringComparer.Ordinal);

    /// <summary>The types that were turned into float32.</summary>
    public IEnumerable<string> Converted => _converted;

    /// <summary>A variable as a parameter.</summary>
    /// <param name="variable">Which one.</param>
    /// <param name="expected">Its shape in Keras.</param>
    /// <param name="layout">Lays it out for the graph; null keeps it.</param>
    /// <param name="initializer">How it would be drawn anew.</param>
    /// <exception cref="ModelFileException">It is missing, or has another shape.</exception>
    public string Use(
        KerasUsedVariable variable,
        Shape expected,
        Func<TensorValue, TensorValue>? layout,
        Initializer initializer
    )
    {
        if (_used.TryGetValue(variable.Parameter, out var made))
        {
            return made == expected
                ? variable.Parameter
                : throw new GraphException(
                    $"its {variable.Variable} has shape {made}, and this call needs {expected}. Share it among inputs of one shape."
                );
        }
        _used.Add(variable.Parameter, expected);
        var value = Read(variable, expected);
        if (layout is not null)
        {
            value = layout(value);
            _laidOut.Add(variable.Parameter);
        }
        graph.AddParameter(
            new()
            {
                Name = variable.Parameter,
                Shape = value.Shape,
                Initializer = initializer,
                Trainable = variable.IsTrained,
            },
            value
        );
        training.Add(variable);
        return variable.Parameter;
    }

    /// <summary>True where the parameter was laid out otherwise than in Keras.</summary>
    public bool IsLaidOut(string parameter) => _laidOut.Contains(parameter);

    /// <summary>The shape that a variable has in the file.</summary>
    public Shape ShapeOf(KerasLayer layer, string path, string variable) => Find(layer, path, variable).Shape;

    /// <summary>A variable's value, for what is computed of it once.</summary>
    public TensorValue Read(KerasUsedVariable variable, Shape expected)
    {
        var tensor = Find(variable.Layer, variable.Path, variable.Variable);
        if (tensor.Shape != expected)
        {
            throw new ModelFileException(
                $"{file}: the {variable.Variable} of layer {variable.Path} ({tensor.Name}) has shape {tensor.Shape}, and by the "
                    + $"layer's settings it must be {expected}. The weights are those of another model."
            );
        }
        if (!tensor.Type.IsFloating())
        {
            throw new ModelFileException(
                $"{file}: the {variable.Variable} of layer {variable.Path} is {tensor.Type}. Save it as float32."
            );
        }
        if (tensor.Type == ElementType.Float32)
        {
            return tensor.Read();
        }
        _converted.Add(tensor.Type.ToString());
        return Float32Conversion.Of(tensor.Read());
    }

    private NamedTensor Find(KerasLayer layer, string path, string variable)
    {
        var place = KerasLayers.Find(layer)!.Variables(layer.Config).Select(v => v.Name).ToList().IndexOf(variable);
        var all = tensors.Of(path);
        return place >= 0 && place < all.Length
            ? all[place]
            : throw new ModelFileException(
                $"{file}: the {variable} of layer {path} is missing. Save the model with its weights."
            );
    }
}
