using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Makes a <see cref="Graph"/> and its weights of a <see cref="TensorFlowModel"/>, once.</summary>
internal sealed class TensorFlowTranslation
{
    private readonly TensorFlowModel _model;
    private readonly TensorFlowInterface _ends;
    private readonly Shape? _inputShape;
    private readonly bool _isBatchFreed;
    private readonly GraphAssembler _assembler;
    private readonly TensorFlowEmitter _emitter;
    private readonly TensorFlowInlining _inlining;
    private readonly TensorFlowEvaluation _evaluation;
    private readonly TensorFlowValues _values = new("", []);

    /// <summary>Prepares it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ends">Its inputs and outputs.</param>
    /// <param name="name">The graph's name; null takes the file's.</param>
    /// <param name="inputShape">A sample's shape, for inputs that do not say theirs.</param>
    /// <param name="isBatchFreed">True where a first dimension of 1 is made a batch of any size.</param>
    public TensorFlowTranslation(
        TensorFlowModel model,
        TensorFlowInterface ends,
        string? name,
        Shape? inputShape,
        bool isBatchFreed
    )
    {
        (_model, _ends, _inputShape, _isBatchFreed) = (model, ends, inputShape, isBatchFreed);
        _assembler = new(name ?? OnnxNames.Of(Path.GetFileNameWithoutExtension(model.File), "model"));
        _emitter = new(_assembler, ends.Outputs.Select(o => o.Name).ToHashSet(StringComparer.Ordinal));
        _inlining = new(model, ends);
        _evaluation = new(model, _inlining, _emitter, isBatchFreed);
    }

    /// <summary>Translates.</summary>
    /// <exception cref="UnsupportedOperatorsException">Operators, or forms of them, are not known; all are listed.</exception>
    /// <exception cref="ModelFileException">The model is not sound.</exception>
    public ImportedModel Run()
    {
        try
        {
            var outputs = _inlining.Outputs(_ends);
            TensorFlowPatterns.Apply(outputs, _model.File);
            var steps = TensorFlowOrder.Of(outputs, _model.File);
            AddInputs(steps);
            foreach (var step in steps)
            {
                _evaluation.Evaluate(step, _values);
            }
            var results = outputs.Select(output => _values[output]).ToList();
            if (TensorFlowProblems.Of(_model.File, results) is { } unsupported)
            {
                throw unsupported;
            }
            var names = results.Select((result, i) => NameOutput(result, _ends.Outputs[i].Name)).ToArray();
            var graph = TensorFlowTidying.Of(_assembler.Build(names));
            return new()
            {
                Graph = graph,
                Weights = graph.Parameters.ToImmutableSortedDictionary(
                    p => p.Name,
                    p => _emitter.Weights[p.Name],
                    StringComparer.Ordinal
                ),
                Source = _model.Source,
                Notes = [.. _model.Notes, .. _ends.Notes, .. FlagsOf(steps), .. _emitter.Notes],
            };
        }
        catch (GraphException problem)
        {
            throw new ModelFileException($"{_model.File}: {problem.Message}", problem);
        }
    }

    private IEnumerable<string> FlagsOf(List<TensorFlowStep> steps) =>
        steps
            .Where(s => TensorFlowFlags.IsPlaceholder(s.Op) && _values[new(s, 0)] is TensorFlowValue.Constant)
            .Select(s => TensorFlowFlags.NoteOf(s.Name));

    // Inputs that nothing reads (labels, a learning rate) are left out.
    private void AddInputs(List<TensorFlowStep> steps)
    {
        var read = new Dictionary<string, TensorFlowStep>(StringComparer.Ordinal);
        foreach (var step in steps.Where(s => s.Op == TensorFlowInlining.InputOp))
        {
            read.TryAdd(step.Name, step);
        }
        foreach (var end in _ends.Inputs)
        {
            if (read.TryGetValue(end.Name, out var step))
            {
                _values.Add(step, [Input(end)]);
            }
        }
    }

    private TensorFlowValue Input(TensorFlowEnd end)
    {
        if (TensorFlowDataType.Computed(end.DataType) is not { } type)
        {
            return TensorFlowValue.Refused.Of(
                "Input",
                end.Name,
                $"tensors of {TensorFlowDataType.Name(end.DataType)} are not computed with"
            );
        }
        var name = _assembler.FreeName(OnnxNames.Of(end.Name, "input"));
        _assembler.AddInput(new(name, type, ShapeOf(end)));
        _emitter.Inputs.Add(name);
        return new TensorFlowValue.Computed(name);
    }

    private Shape ShapeOf(TensorFlowEnd end)
    {
        if (end.Shape?.Lengths is not { } lengths)
        {
            return _inputShape?.Prepend(Dimension.Batch)
                ?? throw new ModelFileException(
                    $"{_model.File}: input {end.Name} has no shape in the file. Give that of a sample, such as 224,224,3, as the "
                        + "input shape (--input-shape)."
                );
        }
        var isGiven = _inputShape is { } given && given.Rank == lengths.Length - 1;
        if (_inputShape is { } other && !isGiven && _ends.Inputs.Length == 1 && lengths.Skip(1).Contains(-1))
        {
            throw new ModelFileException(
                $"{_model.File}: a sample of input {end.Name} has {lengths.Length - 1} dimensions, and the input shape {other} "
                    + $"(--input-shape) has {other.Rank}. Give as many."
            );
        }
        return new([
            .. lengths.Select(
                (length, i) =>
                    i == 0 && (length < 0 || _isBatchFreed) ? Dimension.Batch
                    : length >= 0 ? Dimension.Fixed(length)
                    : isGiven ? _inputShape![i - 1]
                    : Dimension.Unknown
            ),
        ]);
    }

    private string NameOutput(TensorFlowValue value, string wanted)
    {
        try
        {
            var name = _emitter.Plain(value);
            return _emitter.EmitReserved("Identity", OnnxNames.Of(wanted, "output"), [name]);
        }
        catch (TensorFlowRefusedException refusal)
        {
            throw new UnsupportedOperatorsException(_model.File, [$"Output (in {wanted}): {refusal.Message}"]);
        }
    }
}
