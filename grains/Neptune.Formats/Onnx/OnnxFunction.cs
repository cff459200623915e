using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>An operator that a model defines by others: a FunctionProto.</summary>
internal sealed record OnnxFunction
{
    /// <summary>The operator's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The operator's domain.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Which of several functions of one name it is; mostly empty.</summary>
    public string Overload { get; init; } = "";

    /// <summary>The names that its nodes know the inputs by.</summary>
    public ImmutableArray<string> Inputs { get; init; } = [];

    /// <summary>The names that its nodes give the outputs.</summary>
    public ImmutableArray<string> Outputs { get; init; } = [];

    /// <summary>The settings without a default.</summary>
    public ImmutableArray<string> Attributes { get; init; } = [];

    /// <summary>The settings with a default, which is their value.</summary>
    public ImmutableArray<OnnxAttribute> Defaults { get; init; } = [];

    /// <summary>The nodes, in the file's order.</summary>
    public ImmutableArray<OnnxNode> Nodes { get; init; } = [];

    /// <summary>The version of each set of operators that its nodes use, by domain.</summary>
    public required ImmutableSortedDictionary<string, long> OpsetImports { get; init; }
}
