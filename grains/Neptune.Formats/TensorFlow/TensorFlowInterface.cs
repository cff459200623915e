using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// What a model takes and gives: by its signature, or where it has none, its placeholders and the nodes that nobody reads.
/// </summary>
internal sealed record TensorFlowInterface
{
    private const string DefaultSignature = "serving_default";
    private const int PlaceholdersSayScalars = 24; // before that version a shape without dimensions is one not known

    // They act, and give nothing that a caller wants; and values that nobody reads are no outputs.
    private static readonly FrozenSet<string> NoOutputs = new[]
    {
        "Assert",
        "Assign",
        "AssignAdd",
        "AssignSub",
        "AssignVariableOp",
        "Const",
        "HashTableV2",
        "InitializeTableFromTextFileV2",
        "MergeV2Checkpoints",
        "NoOp",
        "Placeholder",
        "PlaceholderWithDefault",
        "ReadVariableOp",
        "RestoreV2",
        "SaveV2",
        "ScatterSub",
        "ScatterUpdate",
        "ShardedFilename",
        "VarHandleOp",
        "VarIsInitializedOp",
        "IsVariableInitialized",
        "Variable",
        "VariableV2",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] NoOutputPrefixes = ["Apply", "ResourceApply", "SparseApply", "Save", "Restore"];

    /// <summary>The inputs.</summary>
    public required ImmutableArray<TensorFlowEnd> Inputs { get; init; }

    /// <summary>The outputs.</summary>
    public required ImmutableArray<TensorFlowEnd> Outputs { get; init; }

    /// <summary>What a user should know of the choice.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>True where all inputs are of one sample exactly.</summary>
    public bool IsFixedToOne => !Inputs.IsEmpty && Inputs.All(input => input.Shape?.Lengths is [1, _, ..]);

    /// <summary>Finds it.</summary>
    /// <exception cref="ModelFileException">There is nothing to give.</exception>
    public static TensorFlowInterface Of(TensorFlowModel model) =>
        SignatureOf(model) is { } signature ? OfSignature(model, signature) : OfGraph(model);

    // The usual one, unless it takes texts, such as pictures' files, and another takes what is computed with.
    private static TensorFlowSignature? SignatureOf(TensorFlowModel model)
    {
        var usual = model.Signatures.GetValueOrDefault(DefaultSignature) is { Outputs.IsEmpty: false } found
            ? found
            : null;
        var others = model
            .Signatures.Values.Where(s => s != usual && !s.Inputs.IsEmpty && !s.Outputs.IsEmpty)
            .ToArray();
        return usual is null || usual.Inputs.Values.Any(IsText)
            ? others.FirstOrDefault(s => !s.Inputs.Values.Any(IsText)) ?? usual ?? others.FirstOrDefault()
            : usual;
    }

    private static bool IsText(TensorFlowTensorInfo info) => info.DataType == TensorFlowDataType.Text;

    private static TensorFlowInterface OfSignature(TensorFlowModel model, TensorFlowSignature signature)
    {
        var others = model
            .Signatures.Values.Where(s => s != signature && !s.Inputs.IsEmpty)
            .Select(s => s.Name)
            .ToArray();
        return new()
        {
            Inputs =
            [
                .. signature.Inputs.Select(i => new TensorFlowEnd(
                    i.Key,
                    Tensor(model, signature, i.Key, i.Value),
                    i.Value.DataType,
                    Known(i.Value.Shape) ?? PlaceholderShape(model.Graph, i.Value.Tensor)
                )),
            ],
            Outputs =
            [
                .. signature.Outputs.Select(o => new TensorFlowEnd(
                    o.Key,
                    Tensor(model, signature, o.Key, o.Value),
                    o.Value.DataType,
                    o.Value.Shape
                )),
            ],
            Notes =
                others.Length == 0
                    ? []
                    : [$"The signature {signature.Name} was taken; the file has {string.Join(", ", others)} too."],
        };
    }

    private static string Tensor(
        TensorFlowModel model,
        TensorFlowSignature signature,
        string name,
        TensorFlowTensorInfo info
    ) =>
        info.Tensor.Length > 0
            ? info.Tensor
            : throw new ModelFileException(
                $"{model.File}: {name} of signature {signature.Name} is no plain tensor. Save the model with dense tensors."
            );

    private static TensorFlowInterface OfGraph(TensorFlowModel model)
    {
        var graph = model.Graph;
        var read = graph.Nodes.SelectMany(n => n.Inputs).Select(NameOf).ToHashSet(StringComparer.Ordinal);
        var fed = Fed(graph);
        var last = graph.Nodes.Where(n => !read.Contains(n.Name) && fed.Contains(n.Name) && MayBeOutput(n)).ToArray();
        // A loop's counters leave it too, and nobody reads them.
        var outputs = last.Where(n => n.Op != "Exit" || last.All(other => other.Op == "Exit"))
            .Select(n => new TensorFlowEnd(n.Name, n.Name, 0, null))
            .ToImmutableArray();
        if (outputs.IsEmpty)
        {
            throw new ModelFileException(
                $"{model.File}: no node computes an output from a Placeholder. Freeze the graph with its inputs, or save a "
                    + "SavedModel with a signature."
            );
        }
        var needed = NeededFor(graph, outputs.Select(o => o.Tensor));
        return new()
        {
            Inputs =
            [
                .. graph
                    .Nodes.Where(n => TensorFlowFlags.IsPlaceholder(n.Op) && !TensorFlowFlags.IsFlag(n))
                    .Where(n => needed.Contains(n.Name))
                    .Select(n => new TensorFlowEnd(
                        n.Name,
                        n.Name,
                        n.Attributes.GetValueOrDefault("dtype")?.Type ?? 0,
                        PlaceholderShape(graph, n.Name)
                    )),
            ],
            Outputs = outputs,
        };
    }

    private static bool MayBeOutput(TensorFlowNode node) =>
        !NoOutputs.Contains(node.Op)
        && !node.Op.EndsWith("Summary", StringComparison.Ordinal)
        && !NoOutputPrefixes.Any(prefix => node.Op.StartsWith(prefix, StringComparison.Ordinal));

    // The nodes that depend on a placeholder. A node may stand before what it reads, so they are followed from the front.
    private static HashSet<string> Fed(TensorFlowGraph graph)
    {
        var readers = graph
            .Nodes.SelectMany(n => n.Inputs.Where(i => !i.StartsWith('^')).Select(i => (From: NameOf(i), To: n.Name)))
            .ToLookup(edge => edge.From, edge => edge.To, StringComparer.Ordinal);
        return Reached(
            graph.Nodes.Where(n => TensorFlowFlags.IsPlaceholder(n.Op)).Select(n => n.Name),
            name => readers[name]
        );
    }

    // A placeholder that no output depends on is no input.
    private static HashSet<string> NeededFor(TensorFlowGraph graph, IEnumerable<string> outputs) =>
        Reached(
            outputs,
            name =>
                graph.ByName.TryGetValue(name, out var node)
                    ? node.Inputs.Where(i => !i.StartsWith('^')).Select(NameOf)
                    : []
        );

    private static HashSet<string> Reached(IEnumerable<string> from, Func<string, IEnumerable<string>> next)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var todo = new Stack<string>(from);
        while (todo.TryPop(out var name))
        {
            if (reached.Add(name))
            {
                foreach (var other in next(name))
                {
                    todo.Push(other);
                }
            }
        }
        return reached;
    }

    private static TensorFlowShape? PlaceholderShape(TensorFlowGraph graph, string tensor) =>
        graph.ByName.TryGetValue(NameOf(tensor), out var node)
        && Known(node.Attributes.GetValueOrDefault("shape")?.Shape) is { } shape
        && (shape.Lengths is not [] || graph.Producer is 0 or >= PlaceholdersSayScalars)
            ? shape
            : null;

    private static TensorFlowShape? Known(TensorFlowShape? shape) => shape?.Lengths is null ? null : shape;

    private static string NameOf(string input) => input.TrimStart('^').Split(':')[0];
}
