using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>How a solver's learning rate follows the iterations (src/caffe/solvers/sgd_solver.cpp, GetLearningRate).</summary>
internal static class CaffeRates
{
    /// <summary>The schedule of <c>lr_policy</c>; null for a fixed rate.</summary>
    /// <exception cref="ModelFileException">The policy is not known, or lacks a setting.</exception>
    public static LearningRateSchedule? Of(CaffeMessage solver)
    {
        if (!solver.Has("lr_policy"))
        {
            throw solver.Place.Error("lr_policy is missing. Give one, such as lr_policy: \"fixed\".");
        }
        var policy = solver.Text("lr_policy");
        return policy switch
        {
            "fixed" => null,
            "step" => new LearningRateSchedule.Step(Gamma(solver), Steps(solver, "stepsize")),
            "exp" => new LearningRateSchedule.Exponential(Gamma(solver)),
            "inv" => new LearningRateSchedule.Inverse(Gamma(solver), Power(solver)),
            "multistep" => MultiStep(solver),
            "poly" => new LearningRateSchedule.Polynomial(Steps(solver, "max_iter"), Power(solver)),
            "sigmoid" => new LearningRateSchedule.Sigmoid(Gamma(solver), Steps(solver, "stepsize")),
            _ => throw solver
                .PlaceOf("lr_policy")
                .Error($"lr_policy is {policy}. Use fixed, step, exp, inv, multistep, poly or sigmoid."),
        };
    }

    private static LearningRateSchedule.Piecewise MultiStep(CaffeMessage solver)
    {
        var gamma = Gamma(solver);
        var steps = solver.Wholes("stepvalue");
        if (steps.Any(step => step < 0) || steps.Zip(steps.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw solver
                .PlaceOf("stepvalue")
                .Error($"stepvalue is ({string.Join(", ", steps)}), and must rise from 0.");
        }
        var factor = 1.0;
        return new([.. steps.Select(step => (step, (float)(factor *= gamma)))]);
    }

    // Left out, both are 0 in Caffe; a gamma or power that a policy needs is never meant to be.
    private static float Gamma(CaffeMessage solver) =>
        solver.Real("gamma") is >= 0 and var gamma && float.IsFinite(gamma)
            ? gamma
            : throw solver
                .PlaceOf("gamma")
                .Error($"gamma is {solver.Real("gamma")}, and must be a finite number from 0.");

    private static float Power(CaffeMessage solver) =>
        float.IsFinite(solver.Real("power"))
            ? solver.Real("power")
            : throw solver.PlaceOf("power").Error($"power is {solver.Real("power")}, and must be a finite number.");

    private static long Steps(CaffeMessage solver, string name) =>
        solver.Whole(name) is > 0 and var steps
            ? steps
            : throw solver.PlaceOf(name).Error($"{name} is {solver.Whole(name)}, and must be greater than 0.");
}
