using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Optimizers by their names and classes, with the schedules of their learning rates.</summary>
internal static class KerasOptimizers
{
    private const float UsualEpsilon = 1e-7f; // keras.backend.epsilon(), where it is left open

    // These change the steps, and are not known.
    private static readonly string[] Unknown =
    [
        "use_ema",
        "amsgrad",
        "centered",
        "gradient_accumulation_steps",
        "loss_scale_factor",
    ];

    /// <summary>The optimizer.</summary>
    /// <exception cref="KerasRefusedException">It, or a setting of it, is not known.</exception>
    public static Optimizer Of(KerasFile file, JsonElement json)
    {
        var given = KerasObject.Read(json, "optimizer");
        var config = given.Config;
        foreach (var setting in Unknown)
        {
            if (config.Find(setting) is { } value && value.ValueKind != JsonValueKind.False && IsNotZero(value))
            {
                throw new KerasRefusedException(
                    $"the optimizer's setting {setting} {KerasConfig.Show(value)} is not known"
                );
            }
        }
        config.Ignore("name", "ema_momentum", "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer");
        var optimizer = Read(given.Name, given.Written, config, file);
        optimizer = KerasSchedules.Apply(optimizer, config) with { Clipping = Clipping(config) };
        return config.Unread.FirstOrDefault() is { } unread
            ? throw new KerasRefusedException($"the optimizer's setting {unread} is not known")
            : optimizer;
    }

    private static Optimizer Read(string name, string written, KerasConfig config, KerasFile file)
    {
        var decay = config.Float("weight_decay", name == "adamw" ? 0.004f : 0);
        if (decay != 0 && name is not ("adam" or "adamw"))
        {
            throw new KerasRefusedException($"weight_decay of the optimizer {written} is not known");
        }
        // The optimizers since 2.11 add epsilon under the root; those before did so with a momentum only.
        var isNew = file.IsAtLeast(2, 11);
        switch (name)
        {
            case "sgd":
                var momentum = config.Float("momentum", 0);
                return new Optimizer.Sgd(
                    Momentum: momentum,
                    Nesterov: config.Bool("nesterov", false) && momentum != 0,
                    RateInVelocity: momentum != 0
                );
            case "adam" when decay == 0:
                return new Optimizer.Adam(
                    Beta1: config.Float("beta_1", 0.9f),
                    Beta2: config.Float("beta_2", 0.999f),
                    Epsilon: config.Float("epsilon", UsualEpsilon),
                    EpsilonHat: true
                );
            case "adam" or "adamw":
                return new Optimizer.AdamW(
                    Beta1: config.Float("beta_1", 0.9f),
                    Beta2: config.Float("beta_2", 0.999f),
                    Epsilon: config.Float("epsilon", UsualEpsilon),
                    WeightDecay: decay,
                    EpsilonHat: true
                );
            case "rmsprop":
                var inertia = config.Float("momentum", 0);
                return new Optimizer.RmsProp(
                    Rho: config.Float("rho", 0.9f),
                    Momentum: inertia,
                    Epsilon: config.Float("epsilon", UsualEpsilon),
                    EpsilonInRoot: isNew || inertia != 0
                );
            case "adagrad":
                return new Optimizer.AdaGrad(
                    InitialAccumulator: config.Float("initial_accumulator_value", isNew ? 0.1f : 0),
                    Epsilon: config.Float("epsilon", UsualEpsilon),
                    EpsilonInRoot: isNew
                );
            case "adadelta":
                return new Optimizer.AdaDelta(
                    Rho: config.Float("rho", 0.95f),
                    Epsilon: config.Float("epsilon", UsualEpsilon)
                );
            case "adamax":
                return new Optimizer.AdaMax(
                    Beta1: config.Float("beta_1", 0.9f),
                    Beta2: config.Float("beta_2", 0.999f),
                    Epsilon: config.Float("epsilon", UsualEpsilon)
                );
            default:
                throw new KerasRefusedException($"the optimizer {written} is not known");
        }
    }

    private static GradientClipping? Clipping(KerasConfig config)
    {
        GradientClipping?[] all =
        [
            Limit(config, "clipvalue") is { } value ? new GradientClipping.Value(value) : null,
            Limit(config, "clipnorm") is { } norm ? new GradientClipping.Norm(norm) : null,
            Limit(config, "global_clipnorm") is { } global ? new GradientClipping.GlobalNorm(global) : null,
        ];
        return all.Count(clipping => clipping is not null) > 1
            ? throw new KerasRefusedException("clipping of gradients in several ways at once is not known")
            : all.FirstOrDefault(clipping => clipping is not null);
    }

    private static float? Limit(KerasConfig config, string name) =>
        config.Double(name) is not { } limit ? null
        : limit > 0 && double.IsFinite(limit) ? (float)limit
        : throw new KerasRefusedException($"{name} of the optimizer is {limit}, and must be greater than 0");

    private static bool IsNotZero(JsonElement value) =>
        value.ValueKind != JsonValueKind.Number || value.GetDouble() != 0;
}
