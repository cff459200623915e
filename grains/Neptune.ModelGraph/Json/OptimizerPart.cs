using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of an optimizer. What came later is written only where it is set: older graphs keep their bytes.</summary>
internal static class OptimizerPart
{
    private static readonly ImmutableDictionary<string, Func<JsonInput, Optimizer>> Optimizers = new Dictionary<
        string,
        Func<JsonInput, Optimizer>
    >
    {
        ["sgd"] = input =>
        {
            RequireFields(input, "momentum", "nesterov", "weightDecay", "rateInVelocity");
            return new Optimizer.Sgd(
                input["learningRate"].Single(),
                input["momentum"].Single(),
                input["nesterov"].Boolean(),
                input["weightDecay"].Single(),
                Switch(input, "rateInVelocity")
            );
        },
        ["adam"] = input =>
        {
            RequireFields(input, "beta1", "beta2", "epsilon", "epsilonHat");
            return new Optimizer.Adam(
                input["learningRate"].Single(),
                input["beta1"].Single(),
                input["beta2"].Single(),
                input["epsilon"].Single(),
                Switch(input, "epsilonHat")
            );
        },
        ["adamW"] = input =>
        {
            RequireFields(input, "beta1", "beta2", "epsilon", "weightDecay", "epsilonHat");
            return new Optimizer.AdamW(
                input["learningRate"].Single(),
                input["beta1"].Single(),
                input["beta2"].Single(),
                input["epsilon"].Single(),
                input["weightDecay"].Single(),
                Switch(input, "epsilonHat")
            );
        },
        ["adaMax"] = input =>
        {
            RequireFields(input, "beta1", "beta2", "epsilon");
            return new Optimizer.AdaMax(
                input["learningRate"].Single(),
                input["beta1"].Single(),
                input["beta2"].Single(),
                input["epsilon"].Single()
            );
        },
        ["rmsProp"] = input =>
        {
            RequireFields(input, "rho", "momentum", "epsilon", "epsilonInRoot");
            return new Optimizer.RmsProp(
                input["learningRate"].Single(),
                input["rho"].Single(),
                input["momentum"].Single(),
                input["epsilon"].Single(),
                Switch(input, "epsilonInRoot")
            );
        },
        ["adaGrad"] = input =>
        {
            RequireFields(input, "initialAccumulator", "epsilon", "epsilonInRoot");
            return new Optimizer.AdaGrad(
                input["learningRate"].Single(),
                input["initialAccumulator"].Single(),
                input["epsilon"].Single(),
                Switch(input, "epsilonInRoot")
            );
        },
        ["adaDelta"] = input =>
        {
            RequireFields(input, "rho", "epsilon");
            return new Optimizer.AdaDelta(
                input["learningRate"].Single(),
                input["rho"].Single(),
                input["epsilon"].Single()
            );
        },
    }.ToImmutableDictionary();

    public static Optimizer Read(JsonInput input) =>
        input["type"].OneOf(Optimizers)(input) with
        {
            Schedule = input.Optional("schedule") is { } schedule ? SchedulePart.Read(schedule) : null,
            Clipping = input.Optional("clipping") is { } clipping ? ClippingPart.Read(clipping) : null,
        };

    public static void Write(Utf8JsonWriter json, string field, Optimizer optimizer)
    {
        json.WriteStartObject(field);
        switch (optimizer)
        {
            case Optimizer.Sgd sgd:
                Begin(json, "sgd", sgd);
                json.WriteReal("momentum", sgd.Momentum);
                json.WriteBoolean("nesterov", sgd.Nesterov);
                json.WriteReal("weightDecay", sgd.WeightDecay);
                WriteSwitch(json, "rateInVelocity", sgd.RateInVelocity);
                break;
            case Optimizer.Adam adam:
                Begin(json, "adam", adam);
                WriteAdam(json, adam.Beta1, adam.Beta2, adam.Epsilon);
                WriteSwitch(json, "epsilonHat", adam.EpsilonHat);
                break;
            case Optimizer.AdamW adam:
                Begin(json, "adamW", adam);
                WriteAdam(json, adam.Beta1, adam.Beta2, adam.Epsilon);
                json.WriteReal("weightDecay", adam.WeightDecay);
                WriteSwitch(json, "epsilonHat", adam.EpsilonHat);
                break;
            case Optimizer.AdaMax adam:
                Begin(json, "adaMax", adam);
                WriteAdam(json, adam.Beta1, adam.Beta2, adam.Epsilon);
                break;
            case Optimizer.RmsProp rms:
                Begin(json, "rmsProp", rms);
                json.WriteReal("rho", rms.Rho);
                json.WriteReal("momentum", rms.Momentum);
                json.WriteReal("epsilon", rms.Epsilon);
                WriteSwitch(json, "epsilonInRoot", rms.EpsilonInRoot);
                break;
            case Optimizer.AdaGrad ada:
                Begin(json, "adaGrad", ada);
                json.WriteReal("initialAccumulator", ada.InitialAccumulator);
                json.WriteReal("epsilon", ada.Epsilon);
                WriteSwitch(json, "epsilonInRoot", ada.EpsilonInRoot);
                break;
            case Optimizer.AdaDelta ada:
                Begin(json, "adaDelta", ada);
                json.WriteReal("rho", ada.Rho);
                json.WriteReal("epsilon", ada.Epsilon);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No JSON for {optimizer}.");
        }
        if (optimizer.Schedule is { } schedule)
        {
            SchedulePart.Write(json, "schedule", schedule);
        }
        if (optimizer.Clipping is { } clipping)
        {
            ClippingPart.Write(json, "clipping", clipping);
        }
        json.WriteEndObject();
    }

    private static void RequireFields(JsonInput input, params ReadOnlySpan<string> own) =>
        input.RequireFields(["type", "learningRate", "schedule", "clipping", .. own]);

    private static bool Switch(JsonInput input, string field) => input.Optional(field)?.Boolean() ?? false;

    private static void Begin(Utf8JsonWriter json, string type, Optimizer optimizer)
    {
        json.WriteString("type", type);
        json.WriteReal("learningRate", optimizer.LearningRate);
    }

    private static void WriteAdam(Utf8JsonWriter json, float beta1, float beta2, float epsilon)
    {
        json.WriteReal("beta1", beta1);
        json.WriteReal("beta2", beta2);
        json.WriteReal("epsilon", epsilon);
    }

    private static void WriteSwitch(Utf8JsonWriter json, string field, bool value)
    {
        if (value)
        {
            json.WriteBoolean(field, value);
        }
    }
}
