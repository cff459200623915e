using Neptune.Contracts;
using Neptune.Data;
using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>Runs a split through a trained package.</summary>
internal static class Evaluator
{
    /// <summary>Sums over all samples; on the device's thread.</summary>
    public static EvaluationResult Run(
        TorchDevice device,
        TrainingPackage package,
        ISampleSource source,
        EvaluationRequest request,
        CancellationToken cancellation
    )
    {
        var graph = package.Graph;
        if (request.IgnoreIndex is { } ignored)
        {
            graph = graph with
            {
                Loss = graph.Loss is Loss.SparseCategoricalCrossentropy sparse
                    ? sparse with
                    {
                        IgnoreIndex = ignored,
                    }
                    : throw new InvalidInputException(
                        "ignoreIndex leaves out a class, so it needs the loss sparse_categorical_crossentropy; the model "
                            + $"was trained with {graph.Loss}."
                    ),
            };
        }
        using var replica = new Replica(device, graph, 0, package.Weights, package.OptimizerState);
        var classes = graph.Loss is Loss.CategoricalCrossentropy ? source.Labels.Count : 0;
        var batches = new SampleBatches(source, request.BatchSize, classes);
        var numbers = new long[request.BatchSize];
        var sums = EvaluationSums.Zero;
        for (var start = 0L; start < source.Count; start += numbers.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = numbers.AsSpan(0, (int)Math.Min(numbers.Length, source.Count - start));
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i] = start + i;
            }
            sums = sums.Add(replica.Evaluate(batches.Read(batch)));
        }
        return new()
        {
            Samples = sums.Count,
            Loss = sums.Count == 0 ? double.NaN : sums.LossSum / sums.Count,
            Accuracy = source.Labels.Count == 0 || sums.Count == 0 ? null : (double)sums.Correct / sums.Count,
            Metrics = replica.Metrics.ValuesOf(sums.Metrics.AsSpan()).ToReport(),
            Confusion = sums.Confusion,
            Labels = [.. source.Labels],
        };
    }
}
