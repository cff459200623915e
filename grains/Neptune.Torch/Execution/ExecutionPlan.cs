using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// A graph resolved to slots: slot 0 is the input, then come the parameters in the graph's order, then the operations'
/// outputs.
/// </summary>
internal sealed class ExecutionPlan
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly Graph _graph;
    private readonly TorchDevice _device;

    /// <summary>Plans the operations on which the value called <paramref name="target"/> depends.</summary>
    public ExecutionPlan(Graph graph, string target, TorchDevice device)
    {
        _graph = graph;
        _device = device;
        if (graph.Inputs.Length != 1)
        {
            throw new GraphException(
                $"Graph {graph.Name} has {graph.Inputs.Length} inputs ({string.Join(", ", graph.Inputs)}). One is "
                    + "supported: join features in one tensor."
            );
        }
        _slots[graph.Inputs[0].Name] = 0;
        foreach (var parameter in graph.Parameters)
        {
            _slots[parameter.Name] = _slots.Count;
        }
        var operations = Needed(target);
        foreach (var operation in operations)
        {
            _slots[operation.Outputs[0]] = _slots.Count;
        }
        Slots = _slots.Count;
        Output = SlotOf(target, null);
        Nodes = Build(operations);
        FindLastReads();
        FindCompletions();
        AllowOverwriting();
    }

    public ImmutableArray<OperationNode> Nodes { get; }

    public int Slots { get; }

    public int Output { get; }

    /// <summary>Numbers of trainable parameters that no operation reads: their gradients are zero.</summary>
    public int[] UntouchedParameters { get; private set; } = [];

    private List<Operation> Needed(string target)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal) { target };
        var needed = new List<Operation>();
        foreach (var operation in _graph.Operations.Reverse())
        {
            var read = operation.Outputs.Where(wanted.Contains).ToArray();
            if (read.Length == 0)
            {
                continue;
            }
            if (read.Any(name => name != operation.Outputs[0]))
            {
                throw new GraphException(
                    $"Operation {operation.Name} ({operation.Type}): its output {read.First(n => n != operation.Outputs[0])} "
                        + "is read, and only the first output is computed."
                );
            }
            needed.Add(operation);
            wanted.UnionWith(operation.Inputs);
        }
        needed.Reverse();
        Rewrites.RectifyAfterPooling(needed, target);
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
        var trainable = new int[_graph.Parameters.Length + 1];
        Array.Fill(trainable, -1);
        var count = 0;
        for (var p = 0; p < _graph.Parameters.Length; p++)
        {
            trainable[p + 1] = _graph.Parameters[p].Trainable ? count++ : -1;
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
                if (slot > 0 && slot < trainable.Length && trainable[slot] >= 0)
                {
                    lastReader[slot] = lastReader.TryGetValue(slot, out var last) && last.Node == n ? last : (n, i);
                }
            }
        }
        UntouchedParameters =
        [
            .. Enumerable
                .Range(1, trainable.Length - 1)
                .Where(s => trainable[s] >= 0 && !lastReader.ContainsKey(s))
                .Select(s => trainable[s]),
        ];
        var nodes = ImmutableArray.CreateBuilder<OperationNode>(operations.Count);
        for (var n = 0; n < operations.Count; n++)
        {
            var operation = operations[n];
            var inputs = operation.Inputs.Select(name => SlotOf(name, operation)).ToArray();
            var output = _slots[operation.Outputs[0]];
            var numbers = inputs.Select(s => s > 0 && s < trainable.Length ? trainable[s] : -1).ToArray();
            var wantsValue = inputs.Select(s => s >= trainable.Length && depends[s]).ToArray();
            var needs = numbers.Any(p => p >= 0) || wantsValue.Any(w => w);
            depends[output] = needs;
            var prepared = KernelRegistry
                .Of(operation)
                .Prepare(new(operation, name => parameters.GetValueOrDefault(name), _device));
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
                    Output = output,
                    Trainable = numbers,
                    WantsValue = wantsValue,
                    Accumulates = [.. inputs.Select((s, i) => numbers[i] >= 0 && lastReader[s] != (n, i))],
                    NeedsBackward = needs,
                    Autograd = needs && !prepared.HasBackward ? new(new WantedGradients(wanted)) : null,
                    Tensors = new torch.Tensor?[inputs.Length],
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
        var first = _graph.Parameters.Length + 1;
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
                keptForBackward.Add(node.Output);
            }
        }
        lastReader.Remove(Output);
        foreach (var group in lastReader.GroupBy(r => r.Value, r => r.Key))
        {
            group.Key.LastReadsInInference = [.. group];
            group.Key.LastReadsInTraining = [.. group.Where(slot => !keptForBackward.Contains(slot))];
        }
    }

    private void AllowOverwriting()
    {
        var makers = Nodes.ToDictionary(n => n.Output);
        foreach (var node in Nodes.Where(n => n.Operation.CanOverwriteInput))
        {
            var slot = node.Inputs[0];
            node.Operation.OverwritesInput =
                slot != Output
                && makers.TryGetValue(slot, out var maker)
                && maker.Operation.OutputMayBeOverwritten
                && Nodes.Sum(n => n.Inputs.Count(i => i == slot)) == 1;
        }
    }
}
