using System.Collections.Immutable;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Metrics by their names, aliases and classes; lists and tables of them for outputs are looked through.</summary>
internal static class KerasMetrics
{
    private const float Half = 0.5f;

    /// <summary>The metrics that are measured, and the names of the others.</summary>
    /// <param name="lists">What the file has.</param>
    /// <param name="loss">The loss, by which names are resolved and metrics fit; null where the file has none.</param>
    public static (ImmutableArray<Metric> Known, ImmutableArray<string> Others) Of(
        IEnumerable<JsonElement> lists,
        Loss? loss
    )
    {
        var known = new List<Metric>();
        var others = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var list in lists)
        {
            Add(list, loss, known, others);
        }
        return ([.. known.Distinct()], [.. others]);
    }

    private static void Add(JsonElement json, Loss? loss, List<Metric> known, SortedSet<string> others)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Add(item, loss, known, others);
                }
                break;
            case JsonValueKind.Object when KerasTopology.TextOf(json, "class_name") is null:
                foreach (var item in json.EnumerateObject())
                {
                    Add(item.Value, loss, known, others);
                }
                break;
            case JsonValueKind.Object or JsonValueKind.String:
                AddOne(json, loss, known, others);
                break;
        }
    }

    private static void AddOne(JsonElement json, Loss? loss, List<Metric> known, SortedSet<string> others)
    {
        try
        {
            var metric = KerasObject.Read(json, "metric");
            var (name, written) = (metric.Name, metric.Written);
            // A wrapper names its function.
            if (name is "meanmetricwrapper" or "compilemetrics")
            {
                written = metric.Config.Text("fn", metric.Config.Text("name", written));
                name = written.Replace("_", "", StringComparison.Ordinal);
            }
            if (Find(name, metric.Config) is { } found && IsMeasured(found, loss))
            {
                known.Add(found);
            }
            else
            {
                others.Add(written);
            }
        }
        catch (Exception problem) when (problem is KerasRefusedException or ModelFileException)
        {
            others.Add(KerasConfig.Show(json));
        }
    }

    private static Metric? Find(string name, KerasConfig config)
    {
        config.Ignore("name", "dtype", "fn", "axis", "reduction");
        Metric? metric = name switch
        {
            // "accuracy" stands for the one that fits the loss.
            "acc" or "accuracy" or "categoricalaccuracy" or "sparsecategoricalaccuracy" => new Metric.Accuracy(),
            "topkcategoricalaccuracy" or "sparsetopkcategoricalaccuracy" => config.Int("k", 5)
                is >= 1
                    and <= int.MaxValue
                    and var k
                ? new Metric.TopKAccuracy((int)k)
                : null,
            "binaryaccuracy" => new Metric.BinaryAccuracy(config.Float("threshold", Half)),
            "precision" => Threshold(config) is { } threshold ? new Metric.Precision(threshold) : null,
            "recall" => Threshold(config) is { } threshold ? new Metric.Recall(threshold) : null,
            "auc" => IsPlain(config) ? new Metric.Auc() : null,
            "mae" or "meanabsoluteerror" => new Metric.MeanAbsoluteError(),
            "mse" or "meansquarederror" => new Metric.MeanSquaredError(),
            "rmse" or "rootmeansquarederror" => new Metric.RootMeanSquaredError(),
            "mape" or "meanabsolutepercentageerror" => new Metric.MeanAbsolutePercentageError(),
            _ => null,
        };
        return config.Unread.Any() ? null : metric;
    }

    // Several thresholds are several numbers.
    private static float? Threshold(KerasConfig config) =>
        config.RealList("thresholds") switch
        {
            null => Half,
            [var only] => (float)only,
            _ => null,
        };

    private static bool IsPlain(KerasConfig config) =>
        config.Int("num_thresholds", 200) == 200
        && config.Text("curve", "ROC") == "ROC"
        && config.Text("summation_method", "interpolation") == "interpolation";

    // Of a model without its last softmax or sigmoid Keras compares scores, and Neptune probabilities.
    private static bool IsMeasured(Metric metric, Loss? loss) =>
        loss switch
        {
            null => metric is Metric.Accuracy,
            Loss.BinaryCrossentropy { FromLogits: true } or Loss.CategoricalCrossentropy { FromLogits: true } => metric
                is Metric.Accuracy
                    or Metric.TopKAccuracy
                && metric.Fits(loss),
            _ => metric.Fits(loss),
        };
}
