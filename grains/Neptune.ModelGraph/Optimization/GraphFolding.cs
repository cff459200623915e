using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>
/// Makes an inference graph smaller: identities go, operations on constants alone become constants, and batch normalizations
/// become part of the weights before them. The outputs stay equal but for rounding.
/// </summary>
public static class GraphFolding
{
    /// <summary>The package with all of that folded; the same operations where nothing can be.</summary>
    /// <param name="package">What answers; its weights are constants from here on.</param>
    /// <param name="evaluate">Runs a graph without inputs on its weights, and gives its outputs in its order.</param>
    /// <exception cref="GraphException">The graph is not valid, or a constant cannot be computed.</exception>
    public static FoldedPackage Fold(
        InferencePackage package,
        Func<Graph, ImmutableSortedDictionary<string, TensorValue>, ImmutableArray<TensorValue>> evaluate
    )
    {
        GraphValidation.Check(package.Graph.Graph);
        var rewrite = new GraphRewrite(package.Graph.Graph, package.Weights);
        var identities = IdentityRemoval.Apply(rewrite);
        var constants = ConstantFolding.Apply(rewrite, evaluate);
        var normalizations = BatchNormalizationFolding.Apply(rewrite);
        rewrite.RemoveUnread();
        var graph = rewrite.ToGraph();
        GraphValidation.Check(graph);
        return new()
        {
            Package = package with { Graph = package.Graph with { Graph = graph }, Weights = rewrite.Weights },
            BatchNormalizations = normalizations,
            Constants = constants,
            Identities = identities,
        };
    }
}
