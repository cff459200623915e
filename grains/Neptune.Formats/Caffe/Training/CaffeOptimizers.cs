using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>How a solver changes the weights (src/caffe/solvers), in Neptune's terms.</summary>
internal static class CaffeOptimizers
{
    // The names of before 2015.
    private static readonly Dictionary<string, string> OldTypes = new(StringComparer.Ordinal)
    {
        ["SGD"] = "SGD",
        ["NESTEROV"] = "Nesterov",
        ["ADAGRAD"] = "AdaGrad",
        ["RMSPROP"] = "RMSProp",
        ["ADADELTA"] = "AdaDelta",
        ["ADAM"] = "Adam",
    };

    /// <summary>The optimizer of a loss that is <paramref name="factor"/> times the one that Neptune computes.</summary>
    /// <remarks>
    /// The factor multiplies gradients. Where the step is in proportion to them it goes into the rate; where it is divided by
    /// their own size it cancels out, but for the small number that is added to the divisor.
    /// </remarks>
    /// <exception cref="ModelFileException">The solver is not known, or its settings do not fit.</exception>
    public static Optimizer Of(CaffeMessage solver, float factor)
    {
        var type = TypeOf(solver);
        var (rate, momentum, delta) = (Rate(solver), Share(solver, "momentum", 0), Delta(solver));
        var schedule = CaffeRates.Of(solver);
        if (type is "RMSProp" or "AdaGrad" && momentum != 0)
        {
            throw solver.PlaceOf("momentum").Error($"the solver {type} takes no momentum, as in Caffe. Take it out.");
        }
        if (type == "AdaDelta" && factor != 1)
        {
            throw solver
                .PlaceOf("type")
                .Error($"AdaDelta is not known for a loss that is {factor} times Neptune's. Use another solver.");
        }
        return type switch
        {
            "SGD" => new Optimizer.Sgd(rate * factor, momentum, RateInVelocity: true) { Schedule = schedule },
            "Nesterov" => new Optimizer.Sgd(rate * factor, momentum, Nesterov: momentum != 0, RateInVelocity: true)
            {
                Schedule = schedule,
            },
            "Adam" => new Optimizer.Adam(
                rate,
                momentum,
                Share(solver, "momentum2", 0.999f),
                delta / factor,
                EpsilonHat: true
            )
            {
                Schedule = schedule,
            },
            "RMSProp" => new Optimizer.RmsProp(rate, Share(solver, "rms_decay", 0.99f), 0, delta / factor)
            {
                Schedule = schedule,
            },
            "AdaGrad" => new Optimizer.AdaGrad(rate, 0, delta / factor) { Schedule = schedule },
            "AdaDelta" => new Optimizer.AdaDelta(rate, momentum, delta) { Schedule = schedule },
            _ => throw solver
                .PlaceOf("type")
                .Error($"the solver {type} is not known. {NearestNames.Offer(type, OldTypes.Values)}"),
        };
    }

    private static string TypeOf(CaffeMessage solver)
    {
        if (!solver.Has("solver_type"))
        {
            return solver.Text("type");
        }
        return solver.Has("type")
            ? throw solver.PlaceOf("solver_type").Error("both type and solver_type are given. Keep type.")
            : OldTypes[solver.Text("solver_type")];
    }

    private static float Rate(CaffeMessage solver) =>
        solver.Real("base_lr") is > 0 and var rate && float.IsFinite(rate)
            ? rate
            : throw solver
                .PlaceOf("base_lr")
                .Error($"base_lr is {solver.Real("base_lr")}, and must be greater than 0.");

    private static float Share(CaffeMessage solver, string name, float otherwise)
    {
        var share = solver.Has(name) ? solver.Real(name) : otherwise;
        return share is >= 0 and < 1
            ? share
            : throw solver.PlaceOf(name).Error($"{name} is {share}, and must be at least 0 and less than 1.");
    }

    private static float Delta(CaffeMessage solver) =>
        solver.Real("delta") is > 0 and var delta && float.IsFinite(delta)
            ? delta
            : throw solver.PlaceOf("delta").Error($"delta is {solver.Real("delta")}, and must be greater than 0.");
}
