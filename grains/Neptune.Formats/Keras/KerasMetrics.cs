using System.Collections.Immutable;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Metrics by their names, aliases and classes; lists and tables of them for outputs are looked through.</summary>
internal static class KerasMetrics
{
    private static readonly string[] Accuracies =
    [
        "acc",
        "accuracy",
        "binaryaccuracy",
        "categoricalaccuracy",
        "sparsecategoricalaccuracy",
    ];

    /// <summary>The metrics that are known, and the names of the others.</summary>
    public static (ImmutableArray<Metric> Known, ImmutableArray<string> Others) Of(IEnumerable<JsonElement> lists)
    {
        var known = new List<Metric>();
        var others = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var list in lists)
        {
            Add(list, known, others);
        }
        return ([.. known.Distinct()], [.. others]);
    }

    private static void Add(JsonElement json, List<Metric> known, SortedSet<string> others)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Add(item, known, others);
                }
                break;
            case JsonValueKind.Object when KerasTopology.TextOf(json, "class_name") is null:
                foreach (var item in json.EnumerateObject())
                {
                    Add(item.Value, known, others);
                }
                break;
            case JsonValueKind.Object or JsonValueKind.String:
                AddOne(json, known, others);
                break;
        }
    }

    private static void AddOne(JsonElement json, List<Metric> known, SortedSet<string> others)
    {
        try
        {
            var metric = KerasObject.Read(json, "metric");
            var name = metric.Name;
            // A wrapper names its function; "accuracy" stands for the one that fits the loss.
            if (name is "meanmetricwrapper" or "compilemetrics")
            {
                name = metric
                    .Config.Text("fn", metric.Config.Text("name", name))
                    .Replace("_", "", StringComparison.Ordinal);
            }
            if (Accuracies.Contains(name))
            {
                known.Add(new Metric.Accuracy());
            }
            else
            {
                others.Add(metric.Written);
            }
        }
        catch (Exception problem) when (problem is KerasRefusedException or ModelFileException)
        {
            others.Add(KerasConfig.Show(json));
        }
    }
}
