using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of an initializer.</summary>
internal static class InitializerPart
{
    private static readonly ImmutableDictionary<string, Func<JsonInput, Initializer>> Readers = new Dictionary<
        string,
        Func<JsonInput, Initializer>
    >
    {
        ["constant"] = input =>
        {
            input.RequireFields("type", "value");
            return new Initializer.Constant(input["value"].Single());
        },
        ["glorotUniform"] = input =>
        {
            input.RequireFields("type", "fanIn", "fanOut");
            return new Initializer.GlorotUniform(Fan(input["fanIn"]), Fan(input["fanOut"]));
        },
        ["heUniform"] = input =>
        {
            input.RequireFields("type", "fanIn");
            return new Initializer.HeUniform(Fan(input["fanIn"]));
        },
        ["heNormal"] = input =>
        {
            input.RequireFields("type", "fanIn");
            return new Initializer.HeNormal(Fan(input["fanIn"]));
        },
        ["uniform"] = input =>
        {
            input.RequireFields("type", "low", "high");
            return new Initializer.Uniform(input["low"].Single(), input["high"].Single());
        },
        ["normal"] = input =>
        {
            input.RequireFields("type", "mean", "deviation");
            return new Initializer.Normal(input["mean"].Single(), input["deviation"].Single());
        },
        ["module"] = input =>
        {
            input.RequireFields("type");
            return new Initializer.OfModule();
        },
    }.ToImmutableDictionary();

    public static void Write(Utf8JsonWriter json, string field, Initializer initializer)
    {
        json.WriteStartObject(field);
        switch (initializer)
        {
            case Initializer.Constant constant:
                json.WriteString("type", "constant");
                json.WriteReal("value", constant.Value);
                break;
            case Initializer.GlorotUniform glorot:
                json.WriteString("type", "glorotUniform");
                json.WriteNumber("fanIn", glorot.FanIn);
                json.WriteNumber("fanOut", glorot.FanOut);
                break;
            case Initializer.HeUniform he:
                json.WriteString("type", "heUniform");
                json.WriteNumber("fanIn", he.FanIn);
                break;
            case Initializer.HeNormal he:
                json.WriteString("type", "heNormal");
                json.WriteNumber("fanIn", he.FanIn);
                break;
            case Initializer.Uniform uniform:
                json.WriteString("type", "uniform");
                json.WriteReal("low", uniform.Low);
                json.WriteReal("high", uniform.High);
                break;
            case Initializer.Normal normal:
                json.WriteString("type", "normal");
                json.WriteReal("mean", normal.Mean);
                json.WriteReal("deviation", normal.Deviation);
                break;
            case Initializer.OfModule:
                json.WriteString("type", "module");
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No JSON for {initializer}.");
        }
        json.WriteEndObject();
    }

    public static Initializer Read(JsonInput input) => input["type"].OneOf(Readers)(input);

    private static long Fan(JsonInput input)
    {
        var fan = input.Int64();
        return fan >= 1 ? fan : throw input.Error($"is {fan}, and must be at least 1.");
    }
}
