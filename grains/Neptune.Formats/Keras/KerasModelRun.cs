using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A call of a model: its layers in an order in which each finds its inputs made.</summary>
/// <param name="translation">The translation.</param>
/// <param name="model">The model.</param>
/// <param name="path">Its path; empty for the whole.</param>
/// <param name="isTrainable">False inside of what is not trained.</param>
internal sealed class KerasModelRun(KerasTranslation translation, KerasModel model, string path, bool isTrainable)
{
    private readonly Dictionary<KerasReference, KerasValue?> _values = [];
    private readonly Dictionary<string, int> _firstNode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _firstOutputNode = new(StringComparer.Ordinal);

    /// <summary>Runs it.</summary>
    /// <param name="inputs">What the model is called on; null makes inputs of the graph.</param>
    /// <returns>Its outputs; a null is one of which nothing can be known.</returns>
    /// <exception cref="ModelFileException">Layers refer to what is not there, or to one another in a ring.</exception>
    public ImmutableArray<KerasValue?> Run(ImmutableArray<KerasValue?>? inputs)
    {
        FindFirstNodes();
        SetInputs(inputs);
        var pending = model
            .Layers.Where(layer => layer.Class != "InputLayer")
            .SelectMany(layer => layer.Calls.Select((call, i) => (Layer: layer, Call: call, Node: i)))
            .ToList();
        while (pending.Count > 0)
        {
            var left = pending.Where(p => !TryCall(p.Layer, p.Call, p.Node)).ToList();
            if (left.Count == pending.Count)
            {
                var (layer, call, _) = left[0];
                throw Error($"layer {layer.Name} is called on {Names(call)}, which no layer makes before it");
            }
            pending = left;
        }
        return
        [
            .. model.Outputs.Select(o =>
                Find(o, _firstOutputNode, out var value) ? value : throw Error($"there is no output {o.Layer}")
            ),
        ];
    }

    // A nested model has a call of its own, from its making, which is not in the file: the others count from 1. Keras 3 writes so
    // for a model's outputs only, and counts from 0 elsewhere.
    private void FindFirstNodes()
    {
        var nested = model.Layers.Where(l => l.Model is not null).ToDictionary(l => l.Name, StringComparer.Ordinal);
        var used = model
            .Layers.SelectMany(l => l.Calls)
            .SelectMany(c => c.Inputs.Concat(c.Named.Values.SelectMany(n => n)));
        foreach (
            var group in used.Where(r => nested.ContainsKey(r.Layer)).GroupBy(r => r.Layer, StringComparer.Ordinal)
        )
        {
            _firstNode[group.Key] = group.Any(r => r.Node == 0) ? 0 : 1;
        }
        foreach (
            var group in model
                .Outputs.Where(r => nested.ContainsKey(r.Layer))
                .GroupBy(r => r.Layer, StringComparer.Ordinal)
        )
        {
            _firstOutputNode[group.Key] =
                group.Any(r => r.Node == 0) ? 0
                : nested[group.Key].Model!.IsSequential ? _firstNode.GetValueOrDefault(group.Key, 1)
                : 1;
        }
    }

    private void SetInputs(ImmutableArray<KerasValue?>? inputs)
    {
        if (inputs is { } given && given.Length != model.Inputs.Length)
        {
            throw Error($"it is called on {given.Length} tensors, and takes {model.Inputs.Length}");
        }
        for (var i = 0; i < model.Inputs.Length; i++)
        {
            var reference = model.Inputs[i];
            var layer =
                model.Layers.FirstOrDefault(l => l.Name == reference.Layer)
                ?? throw Error($"its input {reference.Layer} is no layer of it");
            var value = inputs is { } values ? values[i] : translation.AddInput(layer, model.Inputs.Length == 1);
            _values[new(reference.Layer, 0, 0)] = value;
        }
    }

    private bool TryCall(KerasLayer layer, KerasCall call, int node)
    {
        var inputs = ImmutableArray.CreateBuilder<KerasValue?>();
        foreach (var reference in call.Inputs)
        {
            if (!Find(reference, _firstNode, out var value))
            {
                return false;
            }
            inputs.Add(value);
        }
        var named = ImmutableDictionary.CreateBuilder<string, ImmutableArray<KerasValue>>(StringComparer.Ordinal);
        var isKnown = true;
        foreach (var (name, references) in call.Named)
        {
            var tensors = ImmutableArray.CreateBuilder<KerasValue>();
            foreach (var reference in references)
            {
                if (!Find(reference, _firstNode, out var value))
                {
                    return false;
                }
                isKnown &= value is not null;
                tensors.Add(value!);
            }
            named.Add(name, tensors.ToImmutable());
        }
        var outputs = translation.Call(
            layer,
            KerasLeaf.Join(path, layer.Name),
            isTrainable,
            isKnown ? inputs.ToImmutable() : [null],
            call,
            isKnown ? named.ToImmutable() : []
        );
        _values[new(layer.Name, node, 0)] = null;
        for (var i = 0; i < (outputs?.Length ?? 0); i++)
        {
            _values[new(layer.Name, node, i)] = outputs!.Value[i];
        }
        return true;
    }

    private bool Find(KerasReference reference, Dictionary<string, int> first, out KerasValue? value)
    {
        var node = reference.Node - first.GetValueOrDefault(reference.Layer);
        if (_values.TryGetValue(reference with { Node = node }, out value))
        {
            return true;
        }
        // Further outputs of a call that could not be made are not known either.
        return _values.TryGetValue(new(reference.Layer, node, 0), out value) && value is null;
    }

    private static string Names(KerasCall call) =>
        string.Join(", ", call.Inputs.Select(r => $"{r.Layer} (call {r.Node}, output {r.Tensor})").Take(10));

    private GraphException Error(string problem) =>
        new($"model {(path.Length == 0 ? model.Name : path)}: {problem}. Save the model again.");
}
