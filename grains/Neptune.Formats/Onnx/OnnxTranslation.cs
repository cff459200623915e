using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Makes a <see cref="Graph"/> and its weights of an <see cref="OnnxModel"/>, once.</summary>
internal sealed class OnnxTranslation
{
    private const int OldestOpset = 7;
    private const int NewestOpset = 24; // for models that use none of the standard's operators

    private readonly OnnxModel _model;
    private readonly bool _isBatchFreed;
    private readonly GraphAssembler _assembler;
    private readonly OnnxWeights _weights;
    private readonly OnnxNodes _nodes;
    private readonly Dictionary<string, List<string>> _problems = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal); // values of which nothing can be known

    /// <summary>Prepares it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Where files with weights may lie; null for none.</param>
    /// <param name="name">The graph's name; null takes the file's.</param>
    /// <param name="isBatchFreed">True where the file's first dimension was 1, and is N now.</param>
    public OnnxTranslation(OnnxModel model, string? folder, string? name, bool isBatchFreed)
    {
        _model = model;
        _isBatchFreed = isBatchFreed;
        _assembler = new(name ?? OnnxNames.Of(model.Graph.Name, Path.GetFileNameWithoutExtension(model.File)));
        Opset = model.OpsetImports.TryGetValue("", out var opset) ? opset : NewestOpset;
        _weights = new(model.Graph, folder, _assembler);
        _nodes = new(model, Opset, _assembler, _weights);
    }

    /// <summary>The version of the standard's operators.</summary>
    public long Opset { get; }

    /// <summary>Translates.</summary>
    /// <exception cref="UnsupportedOperatorsException">Operators, or forms of them, are not known; all are listed.</exception>
    /// <exception cref="ModelFileException">The model is not sound.</exception>
    public ImportedModel Run()
    {
        if (Opset < OldestOpset)
        {
            throw Error($"it is of opset {Opset}. Export it at opset {OldestOpset} or later.");
        }
        if (_model.Graph.SparseInitializers.Length > 0)
        {
            Problem("SparseTensor", _model.Graph.SparseInitializers[0], "weights in sparse form are not read");
        }
        try
        {
            AddInputs();
            foreach (var node in OnnxFunctions.Inlined(_model))
            {
                Add(node);
            }
            var outputs = Outputs();
            RequireNoProblems();
            return new()
            {
                Graph = _assembler.Build(outputs),
                Weights = _weights.Values,
                Source = Source(),
                Notes = _weights.Notes,
            };
        }
        catch (GraphException problem)
        {
            throw Error(problem.Message, problem);
        }
    }

    private void RequireNoProblems()
    {
        if (_problems.Count > 0)
        {
            throw new UnsupportedOperatorsException(
                _model.File,
                [.. _problems.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Line(p.Key, p.Value))]
            );
        }
    }

    private void AddInputs()
    {
        var symbols = new OnnxSymbols();
        foreach (var input in OnnxBatch.InputsOf(_model.Graph))
        {
            if (
                input.Type.Kind is not (OnnxValueKind.Tensor or OnnxValueKind.Unknown)
                || OnnxElementTypes.Computed(input.Type.ElementType) is not { } type
            )
            {
                var what = input.Type.Kind is OnnxValueKind.Tensor or OnnxValueKind.Unknown
                    ? $"tensors of {OnnxElementTypes.Name(input.Type.ElementType)} are not computed with"
                    : $"values of the kind {input.Type.Kind} are not known";
                Problem("Input", input.Name, what);
                _unknown.Add(input.Name);
                continue;
            }
            _assembler.AddInput(new(input.Name, type, symbols.ShapeOf(input.Type)));
        }
    }

    private void Add(OnnxNode node)
    {
        var label = node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o.Length > 0) ?? node.OpType;
        if (node.Inputs.Any(_unknown.Contains))
        {
            if (OnnxNodes.Unknown(node) is { } unknown)
            {
                Problem(OnnxNodes.TitleOf(node), label, unknown);
            }
            _unknown.UnionWith(node.Outputs);
            return;
        }
        try
        {
            _nodes.Append(node, _isBatchFreed);
        }
        catch (OnnxRefusedException refusal)
        {
            Problem(OnnxNodes.TitleOf(node), label, refusal.Message);
            _unknown.UnionWith(node.Outputs);
        }
        catch (GraphException problem)
        {
            throw Error($"node {label} ({node.OpType}): {problem.Message}", problem);
        }
    }

    // An output that is an input or a weight gets an operation of its own.
    private List<string> Outputs()
    {
        var outputs = new List<string>();
        foreach (var output in _model.Graph.Outputs)
        {
            if (_unknown.Contains(output.Name))
            {
                continue;
            }
            if (output.Type.Kind is OnnxValueKind.Sequence or OnnxValueKind.Optional or OnnxValueKind.Map)
            {
                Problem("Output", output.Name, $"values of the kind {output.Type.Kind} are not known");
                continue;
            }
            try
            {
                outputs.Add(_nodes.OutputOf(output.Name));
            }
            catch (OnnxRefusedException refusal)
            {
                Problem("Output", output.Name, refusal.Message);
            }
        }
        return outputs;
    }

    private void Problem(string what, string node, string reason)
    {
        var key = $"{what}\n{reason}";
        if (!_problems.TryGetValue(key, out var nodes))
        {
            _problems.Add(key, nodes = []);
        }
        nodes.Add(node);
    }

    private static string Line(string key, List<string> nodes)
    {
        var parts = key.Split('\n', 2);
        var names = string.Join(", ", nodes.Take(10)) + (nodes.Count > 10 ? $" and {nodes.Count - 10} more" : "");
        return $"{parts[0]} (in {names}): {parts[1]}";
    }

    private string Source() =>
        $"ONNX opset {Opset}"
        + (
            _model.ProducerName.Length > 0
                ? $" ({_model.ProducerName} {_model.ProducerVersion})".Replace(" )", ")")
                : ""
        );

    private ModelFileException Error(string problem, Exception? inner = null) =>
        inner is null ? new($"{_model.File}: {problem}") : new($"{_model.File}: {problem}", inner);
}
