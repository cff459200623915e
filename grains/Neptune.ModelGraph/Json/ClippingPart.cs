using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of how gradients are clipped.</summary>
internal static class ClippingPart
{
    private static readonly ImmutableDictionary<string, Func<JsonInput, GradientClipping>> Clippings = new Dictionary<
        string,
        Func<JsonInput, GradientClipping>
    >
    {
        ["value"] = input =>
        {
            input.RequireFields("type", "limit");
            return new GradientClipping.Value(input["limit"].Single());
        },
        ["norm"] = input =>
        {
            input.RequireFields("type", "limit");
            return new GradientClipping.Norm(input["limit"].Single());
        },
        ["globalNorm"] = input =>
        {
            input.RequireFields("type", "limit", "beforePenalty");
            return new GradientClipping.GlobalNorm(input["limit"].Single(), input["beforePenalty"].Boolean());
        },
    }.ToImmutableDictionary();

    public static GradientClipping Read(JsonInput input) => input["type"].OneOf(Clippings)(input);

    public static void Write(Utf8JsonWriter json, string field, GradientClipping clipping)
    {
        json.WriteStartObject(field);
        json.WriteString(
            "type",
            clipping switch
            {
                GradientClipping.Value => "value",
                GradientClipping.Norm => "norm",
                GradientClipping.GlobalNorm => "globalNorm",
                _ => throw new System.Diagnostics.UnreachableException($"No JSON for {clipping}."),
            }
        );
        json.WriteReal("limit", clipping.Limit);
        if (clipping is GradientClipping.GlobalNorm global)
        {
            json.WriteBoolean("beforePenalty", global.BeforePenalty);
        }
        json.WriteEndObject();
    }
}
