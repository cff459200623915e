using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Learning rates: numbers, schedules, and the decay of older optimizers.</summary>
internal static class KerasSchedules
{
    /// <summary>The optimizer with the rate that its settings say.</summary>
    /// <exception cref="KerasRefusedException">The schedule is not known.</exception>
    public static Optimizer Apply(Optimizer optimizer, KerasConfig config)
    {
        var decay = config.Float("decay", 0);
        var rate = config.Find("learning_rate", "lr");
        if (rate is { ValueKind: JsonValueKind.Object } && KerasTopology.TextOf(rate.Value, "class_name") is not null)
        {
            if (decay != 0)
            {
                throw new KerasRefusedException("a schedule with a decay beside it is not known");
            }
            return Scheduled(optimizer, KerasObject.Read(rate.Value, "learning rate"));
        }
        optimizer = optimizer with
        {
            LearningRate = rate is null
                ? optimizer.LearningRate
                : config.Float(config.Find("learning_rate") is null ? "lr" : "learning_rate", 0),
        };
        return decay == 0 ? optimizer : optimizer with { Schedule = new LearningRateSchedule.Inverse(decay) };
    }

    private static Optimizer Scheduled(Optimizer optimizer, KerasObject given)
    {
        var config = given.Config;
        config.Ignore("name");
        if (given.Name == "piecewiseconstantdecay")
        {
            return Piecewise(optimizer, config);
        }
        var rate = config.Float("initial_learning_rate", 0);
        var isStaircase = config.Bool("staircase", false);
        LearningRateSchedule schedule = given.Name switch
        {
            "exponentialdecay" when isStaircase => new LearningRateSchedule.Step(
                config.Float("decay_rate", 1),
                config.Count("decay_steps")
            ),
            "exponentialdecay" => new LearningRateSchedule.Exponential(
                config.Float("decay_rate", 1),
                config.Count("decay_steps")
            ),
            "inversetimedecay" when !isStaircase => new LearningRateSchedule.Inverse(
                config.Float("decay_rate", 0),
                1,
                config.Count("decay_steps")
            ),
            "polynomialdecay" when !config.Bool("cycle", false) => new LearningRateSchedule.Polynomial(
                config.Count("decay_steps"),
                config.Float("power", 1),
                config.Float("end_learning_rate", 0.0001f)
            ),
            "cosinedecay" when config.Find("warmup_target") is null && config.Int("warmup_steps", 0) == 0 =>
                new LearningRateSchedule.Cosine(config.Count("decay_steps"), config.Float("alpha", 0)),
            _ => throw new KerasRefusedException(
                $"the learning rate's schedule {given.Written} is not known as it is set"
            ),
        };
        return optimizer with { LearningRate = rate, Schedule = schedule };
    }

    // A value holds up to its boundary, that included: the next one from the step behind on.
    private static Optimizer Piecewise(Optimizer optimizer, KerasConfig config)
    {
        var boundaries = config.RealList("boundaries") ?? [];
        var values = config.RealList("values") ?? [];
        if (values.Length != boundaries.Length + 1 || values[0] == 0)
        {
            throw new KerasRefusedException("a PiecewiseConstantDecay without a value for each piece is not known");
        }
        var marks = boundaries.Select((step, i) => ((long)Math.Floor(step) + 1, (float)(values[i + 1] / values[0])));
        return optimizer with
        {
            LearningRate = (float)values[0],
            Schedule = new LearningRateSchedule.Piecewise([.. marks]),
        };
    }
}
