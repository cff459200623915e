using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Translates nodes one by one. Most operators are Neptune's own by name; the others are in <see cref="OnnxForms"/>.</summary>
internal sealed class OnnxNodes(OnnxModel model, long opset, GraphAssembler assembler, OnnxWeights weights)
{
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);

    /// <summary>The version of the standard's operators.</summary>
    public long Opset => opset;

    /// <summary>The graph so far.</summary>
    public GraphAssembler Assembler => assembler;

    /// <summary>The operator's name with its domain, where that is not the standard's.</summary>
    public static string TitleOf(OnnxNode node) => IsStandard(node) ? node.OpType : $"{node.Domain}.{node.OpType}";

    /// <summary>Why a node's operator is not known; null where it is.</summary>
    public static string? Unknown(OnnxNode node) =>
        !IsStandard(node) ? $"operators of the domain {node.Domain} are not known"
        : OperationRegistry.IsInferenceOnly(node.OpType) ? "it is no operator of ONNX"
        : OperationRegistry.Knows(node.OpType) || OnnxForms.Knows(node.OpType) ? null
        : "the operator is not known";

    /// <summary>Adds a node to the graph.</summary>
    /// <exception cref="OnnxRefusedException">The operator, or its form here, is not known.</exception>
    /// <exception cref="GraphException">It does not fit its inputs.</exception>
    public void Append(OnnxNode node, bool isBatchFreed)
    {
        if (Unknown(node) is { } reason)
        {
            throw new OnnxRefusedException(reason);
        }
        if (node.Outputs.All(output => output.Length == 0))
        {
            throw new GraphException("it has no output. The file is damaged.");
        }
        if (OnnxForms.TryAppend(this, node))
        {
            return;
        }
        var operation = OperationOf(node);
        assembler.Append(isBatchFreed ? WithFreeBatch(operation) : operation);
    }

    /// <summary>The value in the graph that a name of the file stands for.</summary>
    public string ValueOf(string name) => _renamed.GetValueOrDefault(name) ?? weights.Use(name);

    /// <summary>From now on a name of the file stands for this value.</summary>
    public void Alias(string name, string value) => _renamed[name] = value;

    /// <summary>Adds a constant for a name of the file.</summary>
    public void AddConstant(string name, TensorValue value) => Alias(name, weights.Add(name, value));

    /// <summary>The elements of an initializer.</summary>
    public TensorValue? Initializer(string name) => weights.Find(name);

    /// <summary>The value that makes an output of the file, under the output's own name where that is free.</summary>
    public string OutputOf(string name)
    {
        var value = ValueOf(name);
        if (value == name && assembler.TypeOf(name) is not null && IsMade(name))
        {
            return name;
        }
        var own = assembler.FreeName(OnnxNames.Of(name, "output"));
        assembler.Append(
            new()
            {
                Name = own,
                Type = "Identity",
                Inputs = [value],
                Outputs = [own],
            }
        );
        return own;
    }

    /// <summary>An operation of the node's name, with inputs and outputs as the graph knows them.</summary>
    public Operation OperationOf(OnnxNode node) =>
        new()
        {
            Name = NameOf(node),
            Type = node.OpType,
            Inputs = Trimmed(node.Inputs.Select(ValueOf)),
            Outputs = Named(Trimmed(node.Outputs)),
            Attributes = OnnxAttributes.Of(model, node),
        };

    /// <summary>A name for the node's operation: its own, where it is free.</summary>
    public string NameOf(OnnxNode node) =>
        assembler.FreeName(
            OnnxNames.Of(node.Outputs.FirstOrDefault(o => o.Length > 0) ?? "", OnnxNames.Of(node.Name, node.OpType))
        );

    private bool IsMade(string name) => !model.Graph.Inputs.Any(input => input.Name == name);

    private static bool IsStandard(OnnxNode node) => node.Domain is "" or "ai.onnx";

    // The names of inputs and outputs left out at the end say nothing.
    private static ImmutableArray<string> Trimmed(IEnumerable<string> names)
    {
        var all = names.ToList();
        while (all.Count > 0 && all[^1].Length == 0)
        {
            all.RemoveAt(all.Count - 1);
        }
        return [.. all];
    }

    // The first output must have a name; nobody reads one that the file leaves out.
    private ImmutableArray<string> Named(ImmutableArray<string> outputs) =>
        outputs is ["", ..] ? outputs.SetItem(0, assembler.FreeName("unused")) : outputs;

    // A length of 1 that stood for the one sample copies the batch's now.
    private Operation WithFreeBatch(Operation operation)
    {
        if (
            operation.Type != "Reshape"
            || operation.Inputs.Length != 2
            || assembler.TypeOf(operation.Inputs[0]) is not { Shape: { IsKnown: true, Rank: > 0 } shape }
            || shape[0] != Dimension.Batch
            || assembler.NumbersOf(operation.Inputs[1]) is not [1, ..] target
        )
        {
            return operation;
        }
        return operation with
        {
            Inputs = [operation.Inputs[0]],
            Attributes = operation.Attributes.SetItem("shape", new AttributeValue.Ints(target.SetItem(0, 0))),
        };
    }
}
