namespace Neptune.ModelGraph;

/// <summary>Learning rates by schedule. Equal on every machine, to the bit.</summary>
public static class LearningRates
{
    /// <summary>The step size of a step.</summary>
    /// <param name="schedule">How it changes; null keeps it.</param>
    /// <param name="rate">The optimizer's learning rate.</param>
    /// <param name="t">The steps done before, 0 at the first.</param>
    public static float At(LearningRateSchedule? schedule, float rate, long t) =>
        schedule is null ? rate : (float)RateAt(schedule, Decimal(rate), t);

    private static double RateAt(LearningRateSchedule schedule, double rate, long t) =>
        schedule switch
        {
            LearningRateSchedule.Step s => rate * PortableMath.Pow(Decimal(s.Gamma), t / s.Every),
            LearningRateSchedule.Exponential s => rate * PortableMath.Pow(Decimal(s.Gamma), (double)t / s.Over),
            LearningRateSchedule.Inverse s => rate
                * PortableMath.Pow(1 + (Decimal(s.Gamma) * t / s.Over), -Decimal(s.Power)),
            LearningRateSchedule.Polynomial s => t >= s.Steps
                ? Decimal(s.End)
                : ((rate - Decimal(s.End)) * PortableMath.Pow(1 - ((double)t / s.Steps), Decimal(s.Power)))
                    + Decimal(s.End),
            LearningRateSchedule.Sigmoid s => rate / (1 + PortableMath.Exp(-Decimal(s.Gamma) * (t - s.Middle))),
            LearningRateSchedule.Cosine s => rate
                * (
                    t >= s.Steps
                        ? Decimal(s.Least)
                        : ((1 - Decimal(s.Least)) * (1 + PortableMath.CosPi((double)t / s.Steps)) / 2)
                            + Decimal(s.Least)
                ),
            LearningRateSchedule.Piecewise s => rate * Decimal(s.Marks.LastOrDefault(m => m.Step <= t, (0, 1)).Factor),
            _ => throw new System.Diagnostics.UnreachableException($"No rate for {schedule}."),
        };

    // The settings are meant in decimal: 0.9f is 0.89999998 as a double.
    private static double Decimal(float value) =>
        float.Abs(value) < 1e28f && (value == 0 || float.Abs(value) > 1e-20f) ? (double)(decimal)value : value;
}
