using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of a loss.</summary>
internal static class LossPart
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
        ["binaryCrossentropy"] = input =>
        {
            input.RequireFields("type", "fromLogits", "sum");
            return new Loss.BinaryCrossentropy(input["fromLogits"].Boolean(), input["sum"].Boolean());
        },
        ["meanSquaredError"] = input =>
        {
            input.RequireFields("type");
            return new Loss.MeanSquaredError();
        },
        ["meanAbsoluteError"] = input =>
        {
            input.RequireFields("type");
            return new Loss.MeanAbsoluteError();
        },
        ["huber"] = input =>
        {
            input.RequireFields("type", "delta");
            return new Loss.Huber(input["delta"].Single());
        },
    }.ToImmutableDictionary();

    public static Loss Read(JsonInput input) => input["type"].OneOf(Losses)(input);

    public static void Write(Utf8JsonWriter json, string field, Loss loss)
    {
        json.WriteStartObject(field);
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
            case Loss.BinaryCrossentropy binary:
                json.WriteString("type", "binaryCrossentropy");
                json.WriteBoolean("fromLogits", binary.FromLogits);
                json.WriteBoolean("sum", binary.Sum);
                break;
            case Loss.MeanSquaredError:
                json.WriteString("type", "meanSquaredError");
                break;
            case Loss.MeanAbsoluteError:
                json.WriteString("type", "meanAbsoluteError");
                break;
            case Loss.Huber huber:
                json.WriteString("type", "huber");
                json.WriteReal("delta", huber.Delta);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No JSON for {loss}.");
        }
        json.WriteEndObject();
    }
}
