using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>What is trained on, and the weights to begin with.</summary>
/// <param name="Graph">The training graph.</param>
/// <param name="Weights">All its parameters.</param>
public sealed record FineTunedModel(TrainingGraph Graph, ImmutableSortedDictionary<string, TensorValue> Weights);
