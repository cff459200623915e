using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Makes a <see cref="Graph"/> and its weights of a wired net, once.</summary>
internal sealed class CaffeTranslation
{
    private readonly CaffeNet _net;
    private readonly CaffeWiring _wiring;
    private readonly CaffeInputs _inputs;
    private const int MostDimensions = 32; // Caffe's own limit

    private readonly ImmutableArray<int> _outputs;
    private readonly HashSet<int> _isOutput;
    private readonly ILookup<string, CaffeLayer> _layersByName;
    private readonly HashSet<CaffeStep> _needed;
    private readonly Dictionary<int, string> _values = [];
    private readonly Dictionary<int, CaffeNormalization> _deferred = [];
    private readonly Dictionary<string, string> _once = new(StringComparer.Ordinal);
    private readonly HashSet<int> _unknown = []; // values of which nothing can be known
    private readonly Dictionary<string, List<string>> _problems = new(StringComparer.Ordinal);
    private readonly HashSet<string> _notes = new(StringComparer.Ordinal);

    /// <summary>Prepares it.</summary>
    /// <param name="net">The net.</param>
    /// <param name="wiring">Its layers in the state that is wanted.</param>
    /// <param name="outputs">The values that the graph gives.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="inputs">The shapes of what is given from outside.</param>
    /// <param name="name">The graph's name; null takes the file's.</param>
    /// <param name="isTraining">True in the phase TRAIN.</param>
    /// <param name="seed">For weights that are drawn.</param>
    public CaffeTranslation(
        CaffeNet net,
        CaffeWiring wiring,
        ImmutableArray<int> outputs,
        CaffeWeights weights,
        CaffeInputs inputs,
        string? name,
        bool isTraining,
        ulong seed
    )
    {
        (_net, _wiring, _inputs, _outputs) = (net, wiring, inputs, outputs);
        (Weights, IsTraining) = (weights, isTraining);
        _isOutput = [.. outputs];
        _layersByName = net.Layers.ToLookup(layer => layer.Name, StringComparer.Ordinal);
        _needed = wiring.NeededFor(outputs);
        Assembler = new(
            name ?? OnnxNames.Of(net.Name, OnnxNames.Of(Path.GetFileNameWithoutExtension(net.File), "caffe"))
        );
        Names = new(outputs.Select(wiring.BlobOf));
        Parameters = new(weights, Assembler, Names, seed);
    }

    /// <summary>True in the phase TRAIN.</summary>
    public bool IsTraining { get; }

    /// <summary>The graph so far.</summary>
    public GraphAssembler Assembler { get; }

    /// <summary>The names in it.</summary>
    public CaffeNames Names { get; }

    /// <summary>The parameters so far.</summary>
    public CaffeParameters Parameters { get; }

    /// <summary>The file of weights.</summary>
    public CaffeWeights Weights { get; }

    /// <summary>The layers of the net, of all phases, that bear a name.</summary>
    public IEnumerable<CaffeLayer> LayersOf(string name) => _layersByName[name];

    /// <summary>Translates.</summary>
    /// <exception cref="UnsupportedOperatorsException">Layers, or settings of them, are not known; all are listed.</exception>
    /// <exception cref="ModelFileException">The net is not sound, or its weights do not fit.</exception>
    public ImportedModel Run()
    {
        try
        {
            foreach (var step in _wiring.Steps.Where(_needed.Contains))
            {
                Translate(step);
            }
            if (_problems.Count > 0)
            {
                throw new UnsupportedOperatorsException(
                    _net.File,
                    [.. _problems.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Line(p.Key, p.Value))]
                );
            }
            Weights.Check();
            var graph = Assembler.Build([.. _outputs.Select(Output)]);
            return new()
            {
                Graph = graph,
                Weights = Parameters.Values(),
                Source = $"Caffe (V{_net.Version} layers)",
                Notes = [.. _notes, .. Weights.Notes()],
            };
        }
        catch (GraphException problem)
        {
            throw new ModelFileException($"{_net.File}: {problem.Message}", problem);
        }
        catch (OverflowException problem)
        {
            throw new ModelFileException(
                $"{_net.File}: a length is greater than a 64-bit number holds. Make it smaller.",
                problem
            );
        }
    }

    /// <summary>The first length in the file, which is a batch of any size now; null where it is kept.</summary>
    public long? FreedBatch => _inputs.FreedBatch;

    /// <summary>The layers that read a value.</summary>
    public IEnumerable<CaffeStep> ReadersOf(int value) => _wiring.ReadersOf(value).Where(_needed.Contains);

    /// <summary>The name in the graph of a value.</summary>
    public string ValueOf(int value) => _values[value];

    /// <summary>True for what is given from outside.</summary>
    public bool IsData(int value) => CaffeLayers.IsData(_wiring.MakerOf(value).Layer);

    /// <summary>True for a value that is read or given.</summary>
    public bool IsWanted(int value) => _isOutput.Contains(value) || ReadersOf(value).Any();

    /// <summary>A value is another one that is there already.</summary>
    public void Alias(int value, string name) => _values[value] = name;

    /// <summary>A new name for what a layer makes: the blob's own, where the graph gives it.</summary>
    public string Name(CaffeStep step, int top)
    {
        var value = step.Outputs[top];
        var blob = _wiring.BlobOf(value);
        return _values[value] =
            _isOutput.Contains(value) ? blob
            : step.Outputs.Length == 1 ? Names.Value(step.Layer.Name)
            : Names.Value(blob);
    }

    /// <summary>Adds an operation.</summary>
    public void Append(
        string name,
        string type,
        ImmutableArray<string> inputs,
        ImmutableArray<string> outputs,
        ReadOnlySpan<(string Name, AttributeValue Value)> attributes
    )
    {
        var settings = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var (setting, value) in attributes)
        {
            settings.Add(setting, value);
        }
        Assembler.Append(
            new()
            {
                Name = name,
                Type = type,
                Inputs = inputs,
                Outputs = outputs,
                Attributes = settings.ToImmutable(),
            }
        );
        foreach (var output in outputs)
        {
            if (Assembler.TypeOf(output)!.Value.Shape.Rank > MostDimensions)
            {
                throw new GraphException(
                    $"{output} has more than {MostDimensions} dimensions, which Caffe allows at most."
                );
            }
        }
    }

    /// <summary>A value that is made when it is first asked for.</summary>
    public string Once(string key, Func<string> make) =>
        _once.TryGetValue(key, out var made) ? made : _once[key] = make();

    /// <summary>Leaves a value to the one layer that reads it, where there is such a one.</summary>
    public bool TryDefer(int value, Func<CaffeLayer, bool> isTaken, CaffeNormalization normalization)
    {
        var readers = ReadersOf(value).Take(2).ToArray();
        if (_isOutput.Contains(value) || readers is not [{ Inputs: [_] } reader] || !isTaken(reader.Layer))
        {
            return false;
        }
        _deferred.Add(value, normalization);
        _values[value] = normalization.X; // of the same shape
        return true;
    }

    /// <summary>What was left to the layer that reads this value.</summary>
    public CaffeNormalization? Deferred(int value) => _deferred.GetValueOrDefault(value);

    /// <summary>Something that a user should know.</summary>
    public void Note(string note) => _notes.Add(note);

    private void Translate(CaffeStep step)
    {
        var layer = step.Layer;
        var definition = CaffeLayers.Find(layer.Type);
        try
        {
            if (definition is { IsData: true })
            {
                _inputs.Add(this, step);
                return;
            }
            if (definition?.Import is not { } import)
            {
                throw new CaffeRefusedException(definition?.Settings ?? "the type is not known");
            }
            if (step.Inputs.Any(_unknown.Contains))
            {
                _unknown.UnionWith(step.Outputs);
                return;
            }
            var scope = new CaffeScope(this, step, definition);
            scope.Begin();
            import(scope);
            scope.End();
        }
        catch (CaffeRefusedException refusal)
        {
            Problem(layer, refusal.Message);
            _unknown.UnionWith(step.Outputs);
        }
        catch (GraphException problem)
        {
            throw new ModelFileException(layer.Error(problem.Message).Message, problem);
        }
        catch (OverflowException problem)
        {
            throw new ModelFileException(
                layer.Error("a length is greater than a 64-bit number holds. Make it smaller.").Message,
                problem
            );
        }
    }

    // What is not made by an operation of that name gets one.
    private string Output(int value)
    {
        var blob = _wiring.BlobOf(value);
        var name = _values[value];
        if (name == blob && !_inputs.IsInput(name))
        {
            return name;
        }
        Append(Names.Operation(blob), "Identity", [name], [blob], []);
        return blob;
    }

    private void Problem(CaffeLayer layer, string reason)
    {
        var key = $"{(layer.Type.Length > 0 ? layer.Type : "?")}\n{reason}";
        if (!_problems.TryGetValue(key, out var layers))
        {
            _problems.Add(key, layers = []);
        }
        layers.Add(layer.Name);
    }

    private static string Line(string key, List<string> layers)
    {
        var parts = key.Split('\n', 2);
        var names = string.Join(", ", layers.Take(10)) + (layers.Count > 10 ? $" and {layers.Count - 10} more" : "");
        return $"{parts[0]} (in {names}): {parts[1]}";
    }
}
