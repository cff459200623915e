using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>
/// What training a <see cref="TrainingGraph"/> gives: all parameters and state, enough to go on to the bits of an
/// uninterrupted run, and what an inference package needs to answer.
/// </summary>
public sealed record TrainingPackage
{
    /// <summary>What was trained.</summary>
    public required TrainingGraph Graph { get; init; }

    /// <summary>Parameters and buffers by name.</summary>
    public required ImmutableSortedDictionary<string, TensorValue> Weights { get; init; }

    /// <summary>The optimizer's state by name, such as <c>adam.m/dense_1.weight</c>.</summary>
    public required ImmutableSortedDictionary<string, TensorValue> OptimizerState { get; init; }

    /// <summary>How far training got.</summary>
    public required TrainingPosition Position { get; init; }

    /// <summary>What each epoch reached.</summary>
    public required ImmutableArray<EpochMetrics> History { get; init; }

    /// <summary>Where it came from.</summary>
    public required Lineage Lineage { get; init; }

    /// <summary>Raw features are multiplied by this before they enter the graph.</summary>
    public float InputScale { get; init; } = 1;

    /// <summary>The names of the classes in order.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The SHA-256 of the weights, in hex (see <see cref="WeightsHash"/>).</summary>
    public string WeightsSha256 => WeightsHash.Of(Graph.Graph, Weights);

    /// <summary>What answers with these weights: the graph without training-only operations.</summary>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public InferencePackage ToInference() =>
        new()
        {
            Graph = InferenceGraphs.From(this),
            Weights = Weights,
            Lineage = Lineage,
        };
}
