using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of what a training graph has besides its graph.</summary>
internal static class TrainingPart
{
    public static void Write(Utf8JsonWriter json, TrainingGraph training)
    {
        LossPart.Write(json, "loss", training.Loss);
        OptimizerPart.Write(json, "optimizer", training.Optimizer);
        json.WriteTexts("metrics", training.Metrics.Select(metric => metric.Name));
        if (!training.Updates.IsEmpty)
        {
            WriteUpdates(json, training.Updates);
        }
    }

    public static TrainingGraph Read(JsonInput input, Graph graph) =>
        new()
        {
            Graph = graph,
            Loss = LossPart.Read(input["loss"]),
            Optimizer = OptimizerPart.Read(input["optimizer"]),
            Metrics = input["metrics"].Array(ReadMetric),
            Updates = input.Optional("updates") is { } updates ? ReadUpdates(updates) : NoUpdates,
        };

    private static Metric ReadMetric(JsonInput input)
    {
        try
        {
            return ModelText.ParseMetric(input.Text());
        }
        catch (GraphException problem) when (!problem.Message.StartsWith("JSON", StringComparison.Ordinal))
        {
            throw input.Error(problem.Message);
        }
    }

    private static ImmutableSortedDictionary<string, ParameterUpdate> NoUpdates { get; } =
        ImmutableSortedDictionary.Create<string, ParameterUpdate>(StringComparer.Ordinal);

    private static void WriteUpdates(Utf8JsonWriter json, ImmutableSortedDictionary<string, ParameterUpdate> updates)
    {
        json.WriteStartObject("updates");
        foreach (var (parameter, update) in updates.OrderBy(u => u.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(parameter);
            json.WriteReal("rateFactor", update.RateFactor);
            json.WriteReal("l2", update.L2);
            json.WriteReal("l1", update.L1);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static ImmutableSortedDictionary<string, ParameterUpdate> ReadUpdates(JsonInput input) =>
        NoUpdates.AddRange(
            input
                .Fields()
                .Select(field =>
                {
                    field.Value.RequireFields("rateFactor", "l2", "l1");
                    return KeyValuePair.Create(
                        field.Name,
                        new ParameterUpdate(
                            field.Value["rateFactor"].Single(),
                            field.Value["l2"].Single(),
                            field.Value["l1"].Single()
                        )
                    );
                })
        );
}
