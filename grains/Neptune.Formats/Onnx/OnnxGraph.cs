using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Nodes over named values: a GraphProto.</summary>
internal sealed record OnnxGraph
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>A text for people.</summary>
    public string DocString { get; init; } = "";

    /// <summary>The nodes, in the file's order.</summary>
    public ImmutableArray<OnnxNode> Nodes { get; init; } = [];

    /// <summary>Constant values, mostly weights; their names may occur among the inputs too.</summary>
    public ImmutableArray<OnnxTensor> Initializers { get; init; } = [];

    /// <summary>The names of constant values in sparse form, which Neptune does not read.</summary>
    public ImmutableArray<string> SparseInitializers { get; init; } = [];

    /// <summary>What a caller gives.</summary>
    public ImmutableArray<OnnxValueInfo> Inputs { get; init; } = [];

    /// <summary>What a caller gets.</summary>
    public ImmutableArray<OnnxValueInfo> Outputs { get; init; } = [];

    /// <summary>What the writer knew of values between.</summary>
    public ImmutableArray<OnnxValueInfo> ValueInfos { get; init; } = [];
}
