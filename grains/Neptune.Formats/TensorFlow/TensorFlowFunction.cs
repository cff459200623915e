using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A FunctionDef.</summary>
internal sealed record TensorFlowFunction
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The names of its arguments.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>The names of its results.</summary>
    public required ImmutableArray<string> Results { get; init; }

    /// <summary>What makes each result.</summary>
    public required ImmutableDictionary<string, string> Returns { get; init; }

    /// <summary>What it computes, where other functions compute the same in other ways; null where none does.</summary>
    public string? Implements { get; init; }

    /// <summary>The kind of device that it is meant for, such as <c>GPU</c>; null for any.</summary>
    public string? Device { get; init; }

    /// <summary>Its body by name.</summary>
    public required IReadOnlyDictionary<string, TensorFlowNode> Nodes { get; init; }
}
