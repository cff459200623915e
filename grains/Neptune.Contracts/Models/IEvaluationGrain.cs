using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>Evaluates a package on one node. Its key is <c>name@node</c>; it lives on the silo that owns the node.</summary>
[Alias("neptune.evaluation")]
public interface IEvaluationGrain : IGrainWithStringKey
{
    /// <summary>Runs all samples through the model.</summary>
    [Alias("run"), ResponseTimeout("01:00:00")]
    Task<EvaluationResult> RunAsync(EvaluationRequest request);

    /// <summary>Runs a package's inference graph once, as it is: nothing is scaled, and logits stay logits.</summary>
    /// <param name="package">The package's artifact.</param>
    /// <param name="inputs">A tensor for each of the graph's inputs.</param>
    /// <returns>The graph's outputs, in its order.</returns>
    /// <exception cref="InvalidInputException">The package is damaged, or an input does not fit.</exception>
    [Alias("infer"), ResponseTimeout("00:10:00")]
    Task<ImmutableArray<NamedTensor>> InferAsync(string package, ImmutableArray<NamedTensor> inputs);

    /// <summary>
    /// Folds a package's inference graph: batch normalizations go into the weights before them, what depends on constants alone
    /// becomes constant. Both graphs are run on random inputs.
    /// </summary>
    /// <param name="package">The package's artifact.</param>
    /// <param name="tolerance">The greatest <see cref="OptimizationResult.LargestDifference"/> that passes.</param>
    /// <exception cref="InvalidInputException">
    /// The package is damaged, or the answers differ by more than the tolerance; nothing is stored then.
    /// </exception>
    [Alias("optimize"), ResponseTimeout("00:10:00")]
    Task<OptimizationResult> OptimizeAsync(string package, double tolerance);
}
