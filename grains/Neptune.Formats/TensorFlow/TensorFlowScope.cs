namespace Neptune.Formats;

/// <summary>A graph or one call of a function: where names of nodes have a meaning.</summary>
internal sealed class TensorFlowScope(
    string prefix,
    int depth,
    IReadOnlyDictionary<string, TensorFlowNode> nodes,
    TensorFlowFunction? function = null,
    TensorFlowScope? caller = null,
    TensorFlowNode? call = null
)
{
    /// <summary>What stands before the names of steps.</summary>
    public string Prefix => prefix;

    /// <summary>How many calls it lies in.</summary>
    public int Depth => depth;

    /// <summary>The nodes by name.</summary>
    public IReadOnlyDictionary<string, TensorFlowNode> Nodes => nodes;

    /// <summary>The function; null for the graph.</summary>
    public TensorFlowFunction? Function => function;

    /// <summary>Where the call stands.</summary>
    public TensorFlowScope? Caller => caller;

    /// <summary>The call.</summary>
    public TensorFlowNode? Call => call;

    /// <summary>The calls in this scope that were entered.</summary>
    public Dictionary<string, TensorFlowScope> Calls { get; } = new(StringComparer.Ordinal);

    /// <summary>The steps of this scope that were reached.</summary>
    public Dictionary<string, TensorFlowStep> Steps { get; } = new(StringComparer.Ordinal);
}
