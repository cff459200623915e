using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// A graph resolved to slots: first come the inputs, then the parameters, both in the graph's order, then the operations'
/// outputs.
/// </summary>
internal sealed class ExecutionPlan
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly Graph _graph;
    private readonly TorchDevice _device;
    private readonly IReadOnlyDictionary<string, TensorType> _types;

    /// <summary>Plans the operations on which the values called <paramref name="targets"/> depend.</summary>
    public ExecutionPlan(Graph graph, TorchDevice device, params ReadOnlySpan<string> targets)
    {
        _graph = graph;
        _device = device;
        _types = GraphShapes.Infer(graph);
        foreach (var name in graph.Inputs.Select(i => i.Name).Concat(graph.Parameters.Select(p => p.Name)))
        {
            _slots[name] = _slots.Count;
        }
        var operations = Needed(targets.ToArray());
        foreach (var output in operations.SelectMany(o => o.Outputs).Where(name => name.Length > 0))
        {
            _slots[output] = _slots.Count;
        }
        Slots = _slots.Count;
        Outputs = [.. targets.ToArray().Select(target => SlotOf(target, null))];
        Nodes = Build(operations);
        FindLastReads();
        FindCompletions();
        AllowOverwriting();
    }

    public ImmutableArray<OperationNode> Nodes { get; }

    public int Slots { get; }

    /// <summary>The number of the graph's inputs, which have the first slots.</summary>
    public int Inputs => _graph.Inputs.Length;

    /// <summary>The targets' slots.</summary>
    public ImmutableArray<int> Outputs { get; }

    /// <summary>Numbers of trainable parameters that no operation reads: their gradients are zero.</summary>
    public int[] UntouchedParameters { get; private set; } = [];

    private int FirstValue => Inputs + _graph.Parameters.Length;

    private List<Operation> Needed(string[] targets)
    {
        var wanted = new HashSet<string>(targets, StringComparer.Ordinal);
        var needed = new List<Operation>();
        foreach (var operation in _graph.Operations.Reverse())
        {
            if (operation.Outputs.Any(wanted.Contains))
            {
                needed.Add(operation);
                wanted.UnionWith(operation.Inputs.Where(name => name.Length > 0));
            }
        }
        needed.Reverse();
        Rewrites.RectifyAfterPooling(needed, targets);
        return needed;
    }

    private int SlotOf(string name, Operation? reader) =>
        name.Length == 0 ? -1
        : _slots.TryGetValue(name, out var slot) ? slot
        : throw new GraphException(
            $"{(reader is null ? $"Graph {_graph.Name}" : $"Operation {reader.Name} ({reader.Type})")} reads {name}, which "
                + $"nothing before it makes. {NearestNames.Offer(name, _slots.Keys)}"
        );

    private ImmutableArray<OperationNode> Build(List<Operation> operations)
    {
        var trainable = new int[FirstValue];
        Array.Fill(trainable, -1);
        var count = 0;
        for (var p = 0; p < _graph.Parameters.Length; p++)
        {
            trainable[Inputs + p] = _graph.Parameters[p].Trainable ? count++ : -1;
        }
        var parameters = _graph.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var depends = new bool[Slots]; // on a trainable parameter
        // The backward pass visits operations in reverse, so the last reader writes and the ones before it add.
        var lastReader = new Dictionary<int, (int Node, int Input)>();
        for (var n = 0; n < operations.Count; n++)
        {
            for (var i = 0; i < operations[n].Inputs.Length; i++)
            {
                var slot = SlotOf(operations[n].Inputs[i], operations[n]);
                if (slot >= 0 && slot < trainable.Length && trainable[slot] >= 0)
                {
                    lastReader[slot] = lastReader.TryGetValue(slot, out var last) && last.Node == n ? last : (n, i);
                }
            }
        }
        UntouchedParameters =
        [
            .. Enumerable
                .Range(0, trainable.Length)
                .Where(s => trainable[s] >= 0 && !lastReader.ContainsKey(s))
                .Select(s => trainable[s]),
        ];
        var nodes = ImmutableArray.CreateBuilder<OperationNode>(operations.Count);
        for (var n = 0; n < operations.Count; n++)
        {
            var operation = operations[n];
            var inputs = operation.Inputs.Select(name => SlotOf(name, operation)).ToArray();
            var outputs = operation.Outputs.Select(name => SlotOf(name, operation)).ToArray();
            var numbers = inputs.Select(s => s >= 0 && s < trainable.Length ? trainable[s] : -1).ToArray();
            var wantsValue = inputs.Select(s => s >= trainable.Length && depends[s]).ToArray();
            var hasGradient = operation.Outputs.Any(name => name.Length > 0 && _types[name].Type.IsFloating());
            var needs = hasGradient && (numbers.Any(p => p >= 0) || wantsValue.Any(w => w));
            foreach (var (output, name) in outputs.Zip(operation.Outputs).Where(o => o.First >= 0))
            {
                depends[output] = needs && _types[name].Type.IsFloating(); // whole numbers have no gradient
            }
            var prepared = KernelRegistry
                .Of(operation)
                .Prepare(new(operation, name => parameters.GetValueOrDefault(name), _device, _types));
            var wanted = numbers
                .Select(
                    (p, i) =>
                        p >= 0 ? WantedGradient.Parameter
                        : wantsValue[i] ? WantedGradient.Value
                        : WantedGradient.None
                )
                .ToArray();
            nodes.Add(
                new()
                {
                    Operation = prepared,
                    Inputs = inputs,
                    Outputs = outputs,
                    Trainable = numbers,
                    WantsValue = wantsValue,
                    Accumulates = [.. inputs.Select((s, i) => numbers[i] >= 0 && lastReader[s] != (n, i))],
                    NeedsBackward = needs,
                    Autograd = needs && !prepared.HasBackward ? new(new WantedGradients(wanted), outputs.Length) : null,
                    Tensors = new torch.Tensor?[inputs.Length],
                    Results = new torch.Tensor?[outputs.Length],
                    OutputGradients = new torch.Tensor?[outputs.Length],
                }
            );
        }
        return nodes.MoveToImmutable();
    }

    // The backward pass visits operations in reverse: a parameter's first reader is the last to add to its gradient.
    private void FindCompletions()
    {
        var known = new HashSet<int>();
        foreach (var node in Nodes)
        {
            node.Completes = [.. node.Trainable.Where(p => p >= 0 && known.Add(p)).Order()];
        }
    }

    private void FindLastReads()
    {
        var first = FirstValue;
        var lastReader = new Dictionary<int, OperationNode>();
        var keptForBackward = new HashSet<int>();
        foreach (var node in Nodes)
        {
            foreach (var (slot, i) in node.Inputs.Select((slot, i) => (slot, i)).Where(s => s.slot >= first))
            {
                lastReader[slot] = node;
                if (node.NeedsBackward && node.Operation.HasBackward && node.Operation.BackwardReads(i))
                {
                    keptForBackward.Add(slot);
                }
            }
            if (node.NeedsBackward && (node.Autograd is not null || node.Operation.BackwardReadsOutput))
            {
                keptForBackward.UnionWith(node.Outputs);
            }
        }
        foreach (var output in Outputs)
        {
            lastReader.Remove(output);
        }
        foreach (var group in lastReader.GroupBy(r => r.Value, r => r.Key))
        {
            group.Key.LastReadsInInference = [.. group];
            group.Key.LastReadsInTraining = [.. group.Where(slot => !keptForBackward.Contains(slot))];
        }
    }

    private void AllowOverwriting()
    {
        var makers = Nodes.ToDictionary(n => n.Outputs[0]);
        foreach (var node in Nodes.Where(n => n.Operation.CanOverwriteInput))
        {
            var slot = node.Inputs[0];
            node.Operation.OverwritesInput =
                !Outputs.Contains(slot)
                && makers.TryGetValue(slot, out var maker)
                && maker.Operation.OutputMayBeOverwritten
                && Nodes.Sum(n => n.Inputs.Count(i => i == slot)) == 1;
        }
    }
}
