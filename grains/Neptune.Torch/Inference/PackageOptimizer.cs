using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>Folds a package's graph, and proves on random inputs that it answers as before.</summary>
public static class PackageOptimizer
{
    // Where a graph leaves lengths beside the batch open, these are tried until one suits its operations.
    private static readonly ImmutableArray<long> Lengths = [16, 32, 64, 224, 7];

    private static readonly ImmutableArray<long> Rows = [1, 2, 3, 4];

    /// <summary>Folds a package; on the device's thread.</summary>
    /// <param name="device">What computes.</param>
    /// <param name="package">What answers.</param>
    /// <param name="tolerance">The greatest <see cref="TensorDifference.Largest"/> that passes.</param>
    /// <exception cref="GraphException">
    /// The answers differ by more than the tolerance, or the graph cannot be run on random inputs, so that nothing is proved.
    /// </exception>
    public static OptimizedPackage Optimize(TorchDevice device, InferencePackage package, double tolerance)
    {
        var folded = GraphFolding.Fold(package, (graph, weights) => Evaluate(device, graph, weights));
        return Prove(device, package, folded, tolerance);
    }

    /// <summary>Compares the answers of a package with those of what was folded of it; on the device's thread.</summary>
    /// <exception cref="GraphException">They differ, or nothing can be compared.</exception>
    internal static OptimizedPackage Prove(
        TorchDevice device,
        InferencePackage package,
        FoldedPackage folded,
        double tolerance
    )
    {
        using var before = new InferenceRunner(device, package);
        using var after = new InferenceRunner(device, folded.Package);
        var graph = package.Graph.Graph;
        var (largest, compared, runs) = (0.0, 0L, 0);
        var length = Lengths[0];
        GraphException? failure = null;
        for (var run = 0; run < Rows.Length; run++)
        {
            var (inputs, expected) = (
                ImmutableSortedDictionary<string, TensorValue>.Empty,
                default(ImmutableArray<TensorValue>)
            );
            foreach (var candidate in runs > 0 ? [length] : Lengths)
            {
                try
                {
                    inputs = RandomInputs.Of(graph, (ulong)run, Rows[run], candidate);
                    expected = before.Run(inputs);
                    length = candidate;
                    break;
                }
                catch (GraphException error)
                {
                    failure ??= error; // it may take no such batch or length
                }
            }
            if (expected.IsDefault)
            {
                continue;
            }
            runs++;
            foreach (var (wanted, found) in expected.Zip(after.Run(inputs)))
            {
                var difference = TensorDifference.Between(wanted, found);
                largest = Math.Max(largest, difference.Largest);
                compared += difference.Compared;
            }
        }
        if (compared == 0 && largest == 0)
        {
            throw new GraphException(
                $"Graph {graph.Name} gives no finite number on random inputs, so that nothing shows whether the optimized one "
                    + $"answers alike{(failure is null ? "" : $": {failure.Message}")} Use the graph as it is.",
                failure ?? new GraphException("Nothing was compared.")
            );
        }
        return largest <= tolerance
            ? new()
            {
                Folded = folded,
                LargestDifference = largest,
                Runs = runs,
            }
            : throw new GraphException(
                $"The optimized graph {graph.Name} answers otherwise: over {runs} runs on random inputs the largest difference "
                    + $"is {largest:0.###e-0}, and at most {tolerance:0.###e-0} passes. Use the graph as it is, or allow more."
            );
    }

    private static ImmutableArray<TensorValue> Evaluate(
        TorchDevice device,
        Graph graph,
        ImmutableSortedDictionary<string, TensorValue> weights
    )
    {
        using var runner = new InferenceRunner(
            device,
            new()
            {
                Graph = new() { Graph = graph },
                Weights = weights,
                Lineage = new(),
            }
        );
        return runner.Run(ImmutableSortedDictionary<string, TensorValue>.Empty);
    }
}
