namespace Neptune.ModelGraph;

/// <summary>Checks an optimizer's numbers.</summary>
internal static class OptimizerValidation
{
    /// <summary>Throws where a number is out of range.</summary>
    /// <exception cref="GraphException">The message names the setting and its range.</exception>
    public static void Check(Optimizer optimizer)
    {
        switch (optimizer)
        {
            case Optimizer.Sgd sgd:
                RequireRange("momentum", sgd.Momentum, 0, 1);
                RequireNotNegative("weight decay", sgd.WeightDecay);
                if (sgd is { Nesterov: true, Momentum: 0 })
                {
                    throw new GraphException("Nesterov needs a momentum. Set momentum, such as 0.9.");
                }
                break;
            case Optimizer.Adam adam:
                CheckAdam(adam.Beta1, adam.Beta2, adam.Epsilon);
                break;
            case Optimizer.AdamW adam:
                CheckAdam(adam.Beta1, adam.Beta2, adam.Epsilon);
                RequireNotNegative("weight decay", adam.WeightDecay);
                break;
            case Optimizer.AdaMax adam:
                CheckAdam(adam.Beta1, adam.Beta2, adam.Epsilon);
                break;
            case Optimizer.RmsProp rms:
                RequireRange("rho", rms.Rho, 0, 1);
                RequireRange("momentum", rms.Momentum, 0, 1);
                RequirePositive("epsilon", rms.Epsilon, "such as 1e-7");
                break;
            case Optimizer.AdaGrad ada:
                RequireNotNegative("initial accumulator", ada.InitialAccumulator);
                RequirePositive("epsilon", ada.Epsilon, "such as 1e-7");
                break;
            case Optimizer.AdaDelta ada:
                RequireRange("rho", ada.Rho, 0, 1);
                RequirePositive("epsilon", ada.Epsilon, "such as 1e-6");
                break;
        }
        RequirePositive("learning rate", optimizer.LearningRate, "such as 0.001");
        if (optimizer.Schedule is { } schedule)
        {
            Check(schedule);
        }
        if (optimizer.Clipping is { } clipping)
        {
            RequirePositive("limit of gradients", clipping.Limit, "such as 1");
        }
    }

    /// <summary>Throws where a number is out of range.</summary>
    /// <exception cref="GraphException">The message names the setting and its range.</exception>
    public static void Check(ParameterUpdate update)
    {
        RequireNotNegative("rate factor", update.RateFactor);
        RequireNotNegative("L2 penalty", update.L2);
        RequireNotNegative("L1 penalty", update.L1);
    }

    private static void Check(LearningRateSchedule schedule)
    {
        switch (schedule)
        {
            case LearningRateSchedule.Step step:
                RequirePositive("schedule's gamma", step.Gamma, "such as 0.1");
                RequireSteps(step.Every);
                break;
            case LearningRateSchedule.Exponential exponential:
                RequirePositive("schedule's gamma", exponential.Gamma, "such as 0.99");
                RequireSteps(exponential.Over);
                break;
            case LearningRateSchedule.Inverse inverse:
                RequireNotNegative("schedule's gamma", inverse.Gamma);
                RequireNotNegative("schedule's power", inverse.Power);
                RequireSteps(inverse.Over);
                break;
            case LearningRateSchedule.Polynomial polynomial:
                RequirePositive("schedule's power", polynomial.Power, "such as 1");
                RequireNotNegative("schedule's end", polynomial.End);
                RequireSteps(polynomial.Steps);
                break;
            case LearningRateSchedule.Sigmoid { Gamma: var gamma } when !float.IsFinite(gamma):
                throw new GraphException($"The schedule's gamma is {gamma}, and must be a finite number.");
            case LearningRateSchedule.Cosine cosine:
                RequireNotNegative("schedule's least share", cosine.Least);
                RequireSteps(cosine.Steps);
                break;
            case LearningRateSchedule.Piecewise piecewise:
                CheckMarks(piecewise);
                break;
        }
    }

    private static void CheckMarks(LearningRateSchedule.Piecewise piecewise)
    {
        var before = -1L;
        foreach (var (step, factor) in piecewise.Marks)
        {
            RequireNotNegative("schedule's factor", factor);
            if (step <= before)
            {
                throw new GraphException(
                    $"The schedule's mark at step {step} is behind one at {before}. Sort the marks."
                );
            }
            before = step;
        }
    }

    private static void CheckAdam(float beta1, float beta2, float epsilon)
    {
        RequireRange("beta1", beta1, 0, 1);
        RequireRange("beta2", beta2, 0, 1);
        RequirePositive("epsilon", epsilon, "such as 1e-7");
    }

    private static void RequireSteps(long steps)
    {
        if (steps < 1)
        {
            throw new GraphException($"The schedule's steps are {steps}, and must be at least 1.");
        }
    }

    private static void RequirePositive(string what, float value, string such)
    {
        if (!(value > 0) || !float.IsFinite(value))
        {
            throw new GraphException($"The {what} is {value}, and must be a finite number greater than 0, {such}.");
        }
    }

    private static void RequireNotNegative(string what, float value)
    {
        if (!(value >= 0) || !float.IsFinite(value))
        {
            throw new GraphException($"The {what} is {value}, and must be a finite number from 0.");
        }
    }

    private static void RequireRange(string what, float value, float least, float below)
    {
        if (!(value >= least && value < below))
        {
            throw new GraphException($"The {what} is {value}, and must be at least {least} and less than {below}.");
        }
    }
}
