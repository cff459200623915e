using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A GraphDef.</summary>
internal sealed record TensorFlowGraph
{
    /// <summary>The nodes in the file's order.</summary>
    public required ImmutableArray<TensorFlowNode> Nodes { get; init; }

    /// <summary>The nodes by name.</summary>
    public required IReadOnlyDictionary<string, TensorFlowNode> ByName { get; init; }

    /// <summary>The functions by name.</summary>
    public required IReadOnlyDictionary<string, TensorFlowFunction> Functions { get; init; }

    /// <summary>The version of the program that wrote it; 0 where it does not say.</summary>
    public int Producer { get; init; }
}
