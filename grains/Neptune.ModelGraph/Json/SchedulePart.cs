using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>The JSON of a learning rate's schedule.</summary>
internal static class SchedulePart
{
    private static readonly ImmutableDictionary<string, Func<JsonInput, LearningRateSchedule>> Schedules =
        new Dictionary<string, Func<JsonInput, LearningRateSchedule>>
        {
            ["step"] = input =>
            {
                input.RequireFields("type", "gamma", "every");
                return new LearningRateSchedule.Step(input["gamma"].Single(), input["every"].Int64());
            },
            ["exponential"] = input =>
            {
                input.RequireFields("type", "gamma", "over");
                return new LearningRateSchedule.Exponential(input["gamma"].Single(), input["over"].Int64());
            },
            ["inverse"] = input =>
            {
                input.RequireFields("type", "gamma", "power", "over");
                return new LearningRateSchedule.Inverse(
                    input["gamma"].Single(),
                    input["power"].Single(),
                    input["over"].Int64()
                );
            },
            ["polynomial"] = input =>
            {
                input.RequireFields("type", "steps", "power", "end");
                return new LearningRateSchedule.Polynomial(
                    input["steps"].Int64(),
                    input["power"].Single(),
                    input["end"].Single()
                );
            },
            ["sigmoid"] = input =>
            {
                input.RequireFields("type", "gamma", "middle");
                return new LearningRateSchedule.Sigmoid(input["gamma"].Single(), input["middle"].Int64());
            },
            ["cosine"] = input =>
            {
                input.RequireFields("type", "steps", "least");
                return new LearningRateSchedule.Cosine(input["steps"].Int64(), input["least"].Single());
            },
            ["piecewise"] = input =>
            {
                input.RequireFields("type", "marks");
                return new LearningRateSchedule.Piecewise(
                    input["marks"]
                        .Array(mark =>
                        {
                            mark.RequireFields("step", "factor");
                            return (mark["step"].Int64(), mark["factor"].Single());
                        })
                );
            },
        }.ToImmutableDictionary();

    public static LearningRateSchedule Read(JsonInput input) => input["type"].OneOf(Schedules)(input);

    public static void Write(Utf8JsonWriter json, string field, LearningRateSchedule schedule)
    {
        json.WriteStartObject(field);
        switch (schedule)
        {
            case LearningRateSchedule.Step step:
                json.WriteString("type", "step");
                json.WriteReal("gamma", step.Gamma);
                json.WriteNumber("every", step.Every);
                break;
            case LearningRateSchedule.Exponential exponential:
                json.WriteString("type", "exponential");
                json.WriteReal("gamma", exponential.Gamma);
                json.WriteNumber("over", exponential.Over);
                break;
            case LearningRateSchedule.Inverse inverse:
                json.WriteString("type", "inverse");
                json.WriteReal("gamma", inverse.Gamma);
                json.WriteReal("power", inverse.Power);
                json.WriteNumber("over", inverse.Over);
                break;
            case LearningRateSchedule.Polynomial polynomial:
                json.WriteString("type", "polynomial");
                json.WriteNumber("steps", polynomial.Steps);
                json.WriteReal("power", polynomial.Power);
                json.WriteReal("end", polynomial.End);
                break;
            case LearningRateSchedule.Sigmoid sigmoid:
                json.WriteString("type", "sigmoid");
                json.WriteReal("gamma", sigmoid.Gamma);
                json.WriteNumber("middle", sigmoid.Middle);
                break;
            case LearningRateSchedule.Cosine cosine:
                json.WriteString("type", "cosine");
                json.WriteNumber("steps", cosine.Steps);
                json.WriteReal("least", cosine.Least);
                break;
            case LearningRateSchedule.Piecewise piecewise:
                json.WriteString("type", "piecewise");
                json.WriteStartArray("marks");
                foreach (var (step, factor) in piecewise.Marks)
                {
                    json.WriteStartObject();
                    json.WriteNumber("step", step);
                    json.WriteReal("factor", factor);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No JSON for {schedule}.");
        }
        json.WriteEndObject();
    }
}
