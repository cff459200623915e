using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A NodeDef.</summary>
internal sealed record TensorFlowNode
{
    /// <summary>Its name, unique in its graph or function.</summary>
    public required string Name { get; init; }

    /// <summary>The operator, or a function's name.</summary>
    public required string Op { get; init; }

    /// <summary>What it reads: <c>name</c>, <c>name:1</c>, in functions <c>name:output:1</c>; <c>^name</c> only orders.</summary>
    public ImmutableArray<string> Inputs { get; init; } = [];

    /// <summary>Its settings.</summary>
    public ImmutableDictionary<string, TensorFlowAttribute> Attributes { get; init; } =
        ImmutableDictionary<string, TensorFlowAttribute>.Empty;
}
