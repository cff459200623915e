using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Neptune.Formats;

/// <summary>
/// Follows a graph back from its outputs, and puts the bodies of functions in place of calls. What the outputs do not need
/// (optimizers, savers, summaries) is never met.
/// </summary>
internal sealed class TensorFlowInlining
{
    private const int DeepestCall = 64;
    private const int MostHops = 1000; // from a name to the node behind it, through arguments and results
    private const int MostSteps = 1 << 17;

    // The places of named outputs. Others have one output, or one list of them.
    private static readonly FrozenDictionary<string, string[]> OutputNames = new Dictionary<string, string[]>
    {
        ["FusedBatchNorm"] = ["y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2"],
        ["FusedBatchNormV2"] = ["y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2"],
        ["FusedBatchNormV3"] =
        [
            "y",
            "batch_mean",
            "batch_variance",
            "reserve_space_1",
            "reserve_space_2",
            "reserve_space_3",
        ],
        ["Merge"] = ["output", "value_index"],
        ["Switch"] = ["output_false", "output_true"],
        ["TensorArrayV3"] = ["handle", "flow"],
        ["TensorListPopBack"] = ["output_handle", "tensor"],
        ["TopKV2"] = ["values", "indices"],
        ["Unique"] = ["y", "idx"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly TensorFlowModel _model;
    private readonly TensorFlowScope _root;
    private readonly Dictionary<string, TensorFlowEnd> _inputs;
    private readonly Stack<(TensorFlowStep Step, TensorFlowScope Scope, TensorFlowNode Node)> _todo = new();
    private int _count;

    /// <summary>Prepares it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ends">Its inputs and outputs.</param>
    public TensorFlowInlining(TensorFlowModel model, TensorFlowInterface ends)
    {
        _model = model;
        _root = new("", 0, model.Graph.ByName);
        _inputs = ends
            .Inputs.GroupBy(i => Canonical(i.Tensor), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
    }

    /// <summary>The operator of a step that stands for an input of the model.</summary>
    public const string InputOp = "neptune.input";

    /// <summary>What makes each output of the model.</summary>
    /// <exception cref="ModelFileException">Nodes are missing, or functions call themselves.</exception>
    public List<TensorFlowSource> Outputs(TensorFlowInterface ends) =>
        Followed(ends.Outputs.Select(o => Resolve(_root, o.Tensor, o.Name)));

    /// <summary>The body of a function that loops or branches name.</summary>
    /// <param name="name">The function's name; null where the node names none.</param>
    /// <param name="node">The node, for names and errors.</param>
    /// <exception cref="ModelFileException">There is no such function, nodes are missing, or functions call themselves.</exception>
    public TensorFlowBody Body(string? name, string node)
    {
        if (name is null || !_model.Graph.Functions.TryGetValue(name, out var function))
        {
            throw Error($"node {node} calls a function that there is not");
        }
        var scope = new TensorFlowScope($"{node}/", 0, function.Nodes, function);
        var arguments = function.Arguments.Select(argument => ArgumentOf(scope, argument)).ToImmutableArray();
        var results = Followed(
            function.Results.Select(result =>
                function.Returns.TryGetValue(result, out var returned)
                    ? Resolve(scope, returned, node)
                    : throw Error($"function {name} does not give its result {result}")
            )
        );
        return TensorFlowBody.Of(arguments, results, _model.File);
    }

    private List<TensorFlowSource> Followed(IEnumerable<TensorFlowSource> wanted)
    {
        var outputs = wanted.ToList();
        while (_todo.TryPop(out var next))
        {
            foreach (var input in next.Node.Inputs.Where(input => !input.StartsWith('^')))
            {
                next.Step.Inputs.Add(Resolve(next.Scope, input, next.Node.Name));
            }
        }
        TensorFlowFrames.Apply(outputs, _model.File);
        return outputs;
    }

    private TensorFlowSource Resolve(TensorFlowScope scope, string input, string reader)
    {
        for (var hop = 0; hop < MostHops; hop++)
        {
            if (scope == _root && _inputs.TryGetValue(Canonical(input), out var end))
            {
                return InputOf(end);
            }
            if (scope.Function is { } function && function.Arguments.IndexOf(input) is >= 0 and var argument)
            {
                if (scope.Caller is null)
                {
                    return new(ArgumentOf(scope, input), 0);
                }
                var given = scope.Call!.Inputs.Where(i => !i.StartsWith('^')).ToArray();
                if (argument >= given.Length)
                {
                    throw Error(
                        $"node {scope.Call.Name} gives {given.Length} arguments to {function.Name}, which has more"
                    );
                }
                (scope, input) = (scope.Caller, given[argument]);
                continue;
            }
            var parts = input.Split(':');
            if (!scope.Nodes.TryGetValue(parts[0], out var node))
            {
                throw Error($"node {reader} reads {parts[0]}, which there is not");
            }
            if (FunctionOf(node) is not { } callee)
            {
                return new(StepOf(scope, node), OutputOf(node.Op, parts));
            }
            var output = OutputOf(node.Op, parts);
            if (
                output >= callee.Results.Length
                || !callee.Returns.TryGetValue(callee.Results[output], out var returned)
            )
            {
                throw Error($"node {reader} reads output {output} of {node.Name}, and {callee.Name} gives none such");
            }
            (scope, input) = (Enter(scope, node, callee), returned);
        }
        throw Error($"what node {reader} reads leads back to itself");
    }

    private TensorFlowFunction? FunctionOf(TensorFlowNode node) =>
        node.Op is "PartitionedCall" or "StatefulPartitionedCall"
            ? node.Attributes.GetValueOrDefault("f")?.Function is { } name
            && _model.Graph.Functions.TryGetValue(name, out var function)
                ? OnAnyDevice(function)
                : throw Error($"node {node.Name} calls a function that there is not")
            : _model.Graph.Functions.GetValueOrDefault(node.Op);

    // Keras saves recurrent layers twice: in cuDNN's form for the GPU, and in plain operators, which are what can be imported.
    private TensorFlowFunction OnAnyDevice(TensorFlowFunction function) =>
        function is not { Device: "GPU", Implements: { Length: > 0 } what }
            ? function
            : _model
                .Graph.Functions.Values.Where(other =>
                    other.Implements == what
                    && other.Device != "GPU"
                    && other.Arguments.Length == function.Arguments.Length
                    && other.Results.Length == function.Results.Length
                )
                .MinBy(other => other.Name, StringComparer.Ordinal)
                ?? function;

    private TensorFlowScope Enter(TensorFlowScope scope, TensorFlowNode call, TensorFlowFunction function)
    {
        if (!scope.Calls.TryGetValue(call.Name, out var inner))
        {
            if (scope.Depth >= DeepestCall)
            {
                throw Error(
                    $"node {call.Name} lies more than {DeepestCall} calls deep: functions that call themselves are not read"
                );
            }
            // What a call is called says what its nodes belong to: dense/StatefulPartitionedCall.
            var parts = call.Name.Split('/').Where(part => !part.Contains("PartitionedCall", StringComparison.Ordinal));
            var name = string.Join('/', parts);
            var prefix = name.Length > 0 ? $"{scope.Prefix}{name}/" : scope.Prefix;
            inner = new(prefix, scope.Depth + 1, function.Nodes, function, scope, call);
            scope.Calls.Add(call.Name, inner);
        }
        return inner;
    }

    private TensorFlowStep StepOf(TensorFlowScope scope, TensorFlowNode node)
    {
        if (!scope.Steps.TryGetValue(node.Name, out var step))
        {
            step = new(scope.Prefix + node.Name, node.Op, node.Attributes);
            scope.Steps.Add(node.Name, step);
            if (++_count > MostSteps)
            {
                throw Error($"its functions call each other so often that there are more than {MostSteps} nodes");
            }
            _todo.Push((step, scope, node));
        }
        return step;
    }

    private static TensorFlowStep ArgumentOf(TensorFlowScope scope, string argument)
    {
        var key = $"{TensorFlowBody.ArgumentOp}:{argument}";
        if (!scope.Steps.TryGetValue(key, out var step))
        {
            step = TensorFlowBody.Argument(scope.Prefix + argument);
            scope.Steps.Add(key, step);
        }
        return step;
    }

    private TensorFlowSource InputOf(TensorFlowEnd end)
    {
        var key = $"{InputOp}:{end.Name}";
        if (!_root.Steps.TryGetValue(key, out var step))
        {
            step = new(end.Name, InputOp, ImmutableDictionary<string, TensorFlowAttribute>.Empty);
            _root.Steps.Add(key, step);
        }
        return new(step, 0);
    }

    // node, node:1, or in a function node:output:1.
    private static int OutputOf(string op, string[] parts)
    {
        var number =
            parts.Length > 1 && int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                ? last
                : 0;
        var named = parts.Length > 2 && OutputNames.TryGetValue(op, out var names) ? Array.IndexOf(names, parts[1]) : 0;
        return Math.Max(0, named) + number;
    }

    private static string Canonical(string tensor) =>
        tensor.EndsWith(":0", StringComparison.Ordinal) ? tensor[..^2] : tensor;

    private ModelFileException Error(string problem) => new($"{_model.File}: {problem}. The file is damaged.");
}
