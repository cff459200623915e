using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of what a training graph has besides its graph.</summary>
internal static class TrainingPart
{
    private static readonly ImmutableDictionary<string, Func<JsonInput, Loss>> Losses = new Dictionary<
        string,
        Func<JsonInput, Loss>
    >
    {
        ["sparseCategoricalCrossentropy"] = input =>
        {
            input.RequireFields("type", "fromLogits", "ignoreIndex");
            return new Loss.SparseCategoricalCrossentropy(
                input["fromLogits"].Boolean(),
                input.Optional("ignoreIndex")?.Int64()
            );
        },
        ["categoricalCrossentropy"] = input =>
        {
            input.RequireFields("type", "fromLogits");
            return new Loss.CategoricalCrossentropy(input["fromLogits"].Boolean());
        },
        ["meanSquaredError"] = input =>
        {
            input.RequireFields("type");
            return new Loss.MeanSquaredError();
        },
    }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, Func<JsonInput, Optimizer>> Optimizers = new Dictionary<
        string,
        Func<JsonInput, Optimizer>
    >
    {
        ["sgd"] = input =>
        {
            input.RequireFields("type", "learningRate", "momentum", "nesterov", "weightDecay");
            return new Optimizer.Sgd(
                input["learningRate"].Single(),
                input["momentum"].Single(),
                input["nesterov"].Boolean(),
                input["weightDecay"].Single()
            );
        },
        ["adam"] = input =>
        {
            input.RequireFields("type", "learningRate", "beta1", "beta2", "epsilon");
            return new Optimizer.Adam(
                input["learningRate"].Single(),
                input["beta1"].Single(),
                input["beta2"].Single(),
                input["epsilon"].Single()
            );
        },
        ["adamW"] = input =>
        {
            input.RequireFields("type", "learningRate", "beta1", "beta2", "epsilon", "weightDecay");
            return new Optimizer.AdamW(
                input["learningRate"].Single(),
                input["beta1"].Single(),
                input["beta2"].Single(),
                input["epsilon"].Single(),
                input["weightDecay"].Single()
            );
        },
    }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, Metric> Metrics = new Dictionary<string, Metric>
    {
        ["accuracy"] = new Metric.Accuracy(),
    }.ToImmutableDictionary();

    public static void Write(Utf8JsonWriter json, TrainingGraph training)
    {
        json.WriteStartObject("loss");
        WriteLoss(json, training.Loss);
        json.WriteEndObject();
        json.WriteStartObject("optimizer");
        WriteOptimizer(json, training.Optimizer);
        json.WriteEndObject();
        json.WriteTexts(
            "metrics",
            training.Metrics.Select(metric => Metrics.First(known => known.Value == metric).Key)
        );
    }

    public static TrainingGraph Read(JsonInput input, Graph graph) =>
        new()
        {
            Graph = graph,
            Loss = input["loss"]["type"].OneOf(Losses)(input["loss"]),
            Optimizer = input["optimizer"]["type"].OneOf(Optimizers)(input["optimizer"]),
            Metrics = input["metrics"].Array(metric => metric.OneOf(Metrics)),
        };

    private static void WriteLoss(Utf8JsonWriter json, Loss loss)
    {
        switch (loss)
        {
            case Loss.SparseCategoricalCrossentropy sparse:
                json.WriteString("type", "sparseCategoricalCrossentropy");
                json.WriteBoolean("fromLogits", sparse.FromLogits);
                if (sparse.IgnoreIndex is { } ignored)
                {
                    json.WriteNumber("ignoreIndex", ignored);
                }
                break;
            case Loss.CategoricalCrossentropy categorical:
                json.WriteString("type", "categoricalCrossentropy");
                json.WriteBoolean("fromLogits", categorical.FromLogits);
                break;
            case Loss.MeanSquaredError:
                json.WriteString("type", "meanSquaredError");
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No JSON for {loss}.");
        }
    }

    private static void WriteOptimizer(Utf8JsonWriter json, Optimizer optimizer)
    {
        switch (optimizer)
        {
            case Optimizer.Sgd sgd:
                json.WriteString("type", "sgd");
                json.WriteReal("learningRate", sgd.LearningRate);
                json.WriteReal("momentum", sgd.Momentum);
                json.WriteBoolean("nesterov", sgd.Nesterov);
                json.WriteReal("weightDecay", sgd.WeightDecay);
                break;
            case Optimizer.Adam adam:
                json.WriteString("type", "adam");
                WriteAdam(json, adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon);
                break;
            case Optimizer.AdamW adam:
                json.WriteString("type", "adamW");
                WriteAdam(json, adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon);
                json.WriteReal("weightDecay", adam.WeightDecay);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No JSON for {optimizer}.");
        }
    }

    private static void WriteAdam(Utf8JsonWriter json, float learningRate, float beta1, float beta2, float epsilon)
    {
        json.WriteReal("learningRate", learningRate);
        json.WriteReal("beta1", beta1);
        json.WriteReal("beta2", beta2);
        json.WriteReal("epsilon", epsilon);
    }
}
