using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>Runs a graph that has no inputs.</summary>
/// <param name="graph">A graph of parameters and constants alone.</param>
/// <param name="weights">A value for each parameter.</param>
/// <returns>The graph's outputs, in its order.</returns>
/// <exception cref="GraphException">The graph cannot be run.</exception>
public delegate ImmutableArray<TensorValue> ConstantEvaluation(
    Graph graph,
    ImmutableSortedDictionary<string, TensorValue> weights
);
