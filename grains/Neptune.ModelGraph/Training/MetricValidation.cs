namespace Neptune.ModelGraph;

/// <summary>Checks metrics, and that they go with the loss.</summary>
internal static class MetricValidation
{
    /// <exception cref="GraphException">One cannot be measured, or twice; the message names it, and the remedy.</exception>
    public static void Check(IReadOnlyCollection<Metric> metrics, Loss loss)
    {
        if (metrics.GroupBy(metric => metric.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new GraphException($"The metric {twice.Key} is given {twice.Count()} times. Give it once.");
        }
        foreach (var metric in metrics)
        {
            CheckSettings(metric);
            if (!metric.Fits(loss))
            {
                throw new GraphException(Misfit(metric, loss));
            }
        }
    }

    private static void CheckSettings(Metric metric)
    {
        if (metric is Metric.TopKAccuracy { K: < 1 and var k })
        {
            throw new GraphException($"The metric top_k_accuracy has k {k}, and must have at least 1.");
        }
        float? threshold = metric switch
        {
            Metric.BinaryAccuracy binary => binary.Threshold,
            Metric.Precision precision => precision.Threshold,
            Metric.Recall recall => recall.Threshold,
            _ => null,
        };
        if (threshold is { } given && !(given is >= 0 and <= 1))
        {
            throw new GraphException($"The metric {metric.Name} has a threshold that is no probability in 0..1.");
        }
    }

    private static string Misfit(Metric metric, Loss loss)
    {
        var name = loss.GetType().Name;
        return metric switch
        {
            Metric.Accuracy => $"Accuracy compares classes, and the loss {name} has none. Leave Accuracy out, or use "
                + "SparseCategoricalCrossentropy.",
            Metric.TopKAccuracy =>
                $"The metric {metric.Name} compares classes, and the loss {name} has none. Leave it out, or use "
                    + "SparseCategoricalCrossentropy.",
            Metric.BinaryAccuracy or Metric.Precision or Metric.Recall or Metric.Auc =>
                $"The metric {metric.Name} compares each probability with a yes or no, which the loss {name} does not have. "
                    + "Leave it out, or use BinaryCrossentropy or CategoricalCrossentropy.",
            _ => $"The metric {metric.Name} compares each output with a target, and the loss {name} has class numbers. "
                + "Leave it out, or use CategoricalCrossentropy.",
        };
    }
}
