using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>An <see cref="InferenceGraph"/> with its weights: what a deployment loads.</summary>
public sealed record InferencePackage
{
    /// <summary>What is computed.</summary>
    public required InferenceGraph Graph { get; init; }

    /// <summary>Parameters and buffers by name.</summary>
    public required ImmutableSortedDictionary<string, TensorValue> Weights { get; init; }

    /// <summary>Where it came from.</summary>
    public required Lineage Lineage { get; init; }
}
