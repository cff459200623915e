using System.Collections.Immutable;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Makes a <see cref="Graph"/> and its weights of a <see cref="KerasFile"/>, once.</summary>
internal sealed class KerasTranslation
{
    private static readonly string[] TakeNamedTensors =
    [
        "Bidirectional",
        "GRU",
        "LSTM",
        "MultiHeadAttention",
        "SimpleRNN",
        "Softmax",
    ];

    private readonly ImportOptions _options;
    private readonly KerasProblems _problems;
    private readonly SortedSet<string> _policies = new(StringComparer.Ordinal);

    // The first error is thrown once all layers were looked at for what is not known.
    private Exception? _failure;

    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>Prepares it.</summary>
    public KerasTranslation(KerasFile file, ImportOptions options)
    {
        (File, _options) = (file, options);
        var own = KerasNames.Of(file.Root.Name, Path.GetFileNameWithoutExtension(file.Name));
        Graph = new(options.Name ?? own);
        Training = new(file);
        Parameters = new(Graph, file.Name, file.Tensors, Training);
        _problems = new(file.Name);
    }

    /// <summary>What is translated.</summary>
    public KerasFile File { get; }

    /// <summary>The graph so far.</summary>
    public KerasGraph Graph { get; }

    /// <summary>Its parameters.</summary>
    public KerasParameters Parameters { get; }

    /// <summary>What is said of training.</summary>
    public KerasTraining Training { get; }

    /// <summary>True inside of what is called with training=False: it acts as outside of training always.</summary>
    public bool IsInference { get; private set; }

    /// <summary>Translates.</summary>
    /// <exception cref="UnsupportedOperatorsException">Layers, or settings of them, are not known; all are listed.</exception>
    /// <exception cref="ModelFileException">The model is not sound.</exception>
    public ImportedModel Run()
    {
        if (File.Root.Model is not { } model)
        {
            _problems.Add(
                File.Root,
                File.Root.Custom ?? "it is no Sequential or Functional model, whose layers a file lists"
            );
            throw _problems.ToException();
        }
        try
        {
            var outputs = new KerasModelRun(this, model, "", File.Root.IsTrainable).Run(null);
            _problems.Require();
            if (_failure is not null)
            {
                throw _failure;
            }
            if (outputs.Any(o => o!.Mask is not null))
            {
                Training.Differs("steps of the output are masked, and count for the loss here");
            }
            var names = outputs.Select((value, i) => OutputOf(value!, model.Outputs[i])).ToArray();
            return new()
            {
                Graph = Graph.Build(names),
                Weights = Graph.Weights,
                Source = File.Source,
                Training = Training.Read(),
                Notes = [.. File.Notes, .. Notes(), .. Training.Notes],
            };
        }
        catch (GraphException problem)
        {
            throw new ModelFileException($"{File.Name}: {problem.Message}", problem);
        }
        catch (OverflowException problem)
        {
            throw new ModelFileException($"{File.Name}: a shape has more elements than can be counted.", problem);
        }
    }

    /// <summary>The value that an input layer makes: an input of the graph.</summary>
    public KerasValue? AddInput(KerasLayer layer, bool isOnly)
    {
        try
        {
            var shape = KerasInput.ShapeOf(layer.Name, layer.Config, isOnly ? _options.InputShape : null);
            return Graph.AddInput(KerasNames.Of(layer.Name, "input"), KerasInput.TypeOf(layer.Config), shape);
        }
        catch (KerasRefusedException refusal)
        {
            _problems.Add(layer, refusal.Message);
            return null;
        }
    }

    /// <summary>Calls a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="path">Its path.</param>
    /// <param name="isTrainable">False inside of what is not trained.</param>
    /// <param name="inputs">Its inputs; a null is one of which nothing can be known.</param>
    /// <param name="call">The call.</param>
    /// <param name="named">Tensors that are given by name.</param>
    /// <returns>Its outputs; null where they cannot be known.</returns>
    public ImmutableArray<KerasValue>? Call(
        KerasLayer layer,
        string path,
        bool isTrainable,
        ImmutableArray<KerasValue?> inputs,
        KerasCall call,
        ImmutableDictionary<string, ImmutableArray<KerasValue>> named
    )
    {
        if (RefusalOf(layer, call, named) is { } reason)
        {
            _problems.Add(layer, reason);
            return null;
        }
        var wasInference = IsInference;
        IsInference |= call.Settings.Find("training") is { ValueKind: JsonValueKind.False };
        try
        {
            return Called(layer, path, isTrainable && layer.IsTrainable, inputs, call, named);
        }
        finally
        {
            IsInference = wasInference;
        }
    }

    // What a call says beside its inputs must be something that the layer knows.
    private static string? RefusalOf(
        KerasLayer layer,
        KerasCall call,
        ImmutableDictionary<string, ImmutableArray<KerasValue>> named
    ) =>
        call.Settings.Find("training") is { ValueKind: JsonValueKind.True }
            ? "it is called with training=True, which acts as in training always"
        : named.Count > 0 && !TakeNamedTensors.Contains(layer.Class)
            ? $"it is called with {string.Join(", ", named.Keys.Order(StringComparer.Ordinal))}, which is not known"
        : null;

    private ImmutableArray<KerasValue>? Called(
        KerasLayer layer,
        string path,
        bool isTrainable,
        ImmutableArray<KerasValue?> inputs,
        KerasCall call,
        ImmutableDictionary<string, ImmutableArray<KerasValue>> named
    )
    {
        if (layer.Model is { } model)
        {
            var outputs = new KerasModelRun(this, model, path, isTrainable).Run(inputs);
            return outputs.All(o => o is not null) ? [.. outputs.Select(o => o!)] : null;
        }
        var definition = KerasLayers.Find(layer);
        if (definition?.Apply is not { } apply)
        {
            _problems.Add(
                layer,
                layer.Custom
                    ?? (
                        definition is null
                            ? "the class is not known: it is the user's own, or of a newer version"
                            : definition.Remarks
                    )
            );
            return null;
        }
        if (inputs.Any(i => i is null))
        {
            return null;
        }
        try
        {
            NotePolicy(layer);
            var scope = new KerasScope(this, layer, path, isTrainable, [.. inputs.Select(i => i!)], call, named);
            var outputs = apply(scope);
            KerasCommonSettings.Check(scope);
            return outputs;
        }
        catch (KerasRefusedException refusal)
        {
            _problems.Add(layer, refusal.Message);
            return null;
        }
        catch (GraphException problem)
        {
            _failure ??= new GraphException($"layer {path} ({layer.Class}): {problem.Message}", problem);
            return null;
        }
        catch (ModelFileException problem)
        {
            _failure ??= problem;
            return null;
        }
    }

    /// <summary>The shape that a variable has in the file, for layers whose settings do not say it.</summary>
    public Shape ShapeOf(KerasScope scope, string variable) => Parameters.ShapeOf(scope.Layer, scope.Path, variable);

    private void NotePolicy(KerasLayer layer)
    {
        if (layer.Config.Find("dtype") is { } dtype && KerasDtype.NameOf(dtype) is not "float32" and var policy)
        {
            _policies.Add(policy);
        }
    }

    private IEnumerable<string> Notes()
    {
        if (_policies.Count > 0)
        {
            yield return $"The file computes in {string.Join(", ", _policies)}; here it is float32.";
        }
        if (Parameters.Converted.Any())
        {
            yield return $"Weights of {string.Join(", ", Parameters.Converted)} were converted to Float32.";
        }
    }

    // Outputs are given in Keras's order; one that is an input, or is given twice, gets an operation of its own.
    private string OutputOf(KerasValue value, KerasReference reference)
    {
        var plain = Graph.Plain(value);
        if (_given.Add(plain) && !IsInput(plain))
        {
            return plain;
        }
        return Graph.Append($"{KerasNames.Of(reference.Layer, "output")}.output", "Identity", [plain]);
    }

    private bool IsInput(string value) => File.Root.Model!.Inputs.Any(i => KerasNames.Of(i.Layer, "input") == value);
}
