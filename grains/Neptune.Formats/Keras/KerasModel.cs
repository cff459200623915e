using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A model as its file describes it: layers that are called on one another's outputs.</summary>
internal sealed record KerasModel
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its layers, in the file's order.</summary>
    public required ImmutableArray<KerasLayer> Layers { get; init; }

    /// <summary>Where its inputs are made: the outputs of input layers.</summary>
    public required ImmutableArray<KerasReference> Inputs { get; init; }

    /// <summary>What it gives.</summary>
    public required ImmutableArray<KerasReference> Outputs { get; init; }

    /// <summary>True for a chain of layers.</summary>
    public bool IsSequential { get; init; }
}
