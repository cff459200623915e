using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

// N samples, T steps, I inputs, H units, G gates

/// <summary>
/// An LSTM, GRU or SimpleRNN in one direction. Keras's gates are i, f, c, o (LSTM) and z, r, h (GRU), its kernels (I, G H); the
/// operators' are i, o, f, c and z, r, h, (1, G H, I).
/// </summary>
/// <param name="Type">The operator.</param>
/// <param name="Gates">How many gates it has.</param>
/// <param name="Units">How many units.</param>
/// <param name="ReturnsSequences">True where all steps are given.</param>
/// <param name="ReturnsState">True where the last states are given too.</param>
/// <param name="IsBackward">True where the last step comes first.</param>
/// <param name="IsAligned">True where steps that were made backward are put in the order of the input again.</param>
internal sealed record KerasRecurrence(
    string Type,
    int Gates,
    long Units,
    bool ReturnsSequences,
    bool ReturnsState,
    bool IsBackward,
    bool IsAligned
)
{
    /// <summary>True where masked steps give zeros, and not the output before them.</summary>
    public bool IsZeroWhereMasked { get; init; }

    /// <summary>Reads a layer's settings.</summary>
    public static KerasRecurrence Read(KerasScope scope, bool isAligned)
    {
        var config = scope.Config;
        if (config.Bool("stateful", false))
        {
            throw scope.Refused("stateful layers keep their state between batches, which is not known");
        }
        if (config.Bool("time_major", false))
        {
            throw scope.Refused("time_major is not known");
        }
        var (dropout, recurrentDropout) = (config.Float("dropout", 0), config.Float("recurrent_dropout", 0));
        if (dropout > 0 || recurrentDropout > 0)
        {
            scope.TrainingDiffers("drops inputs or states out in training (dropout, recurrent_dropout)");
        }
        config.Ignore("consume_less", "unit_forget_bias", "reset_after");
        var (type, gates) = scope.Layer.Class switch
        {
            "LSTM" => ("LSTM", 4),
            "GRU" => ("GRU", 3),
            _ => ("RNN", 1),
        };
        return new(
            type,
            gates,
            config.Count("units"),
            config.Bool("return_sequences", false),
            config.Bool("return_state", false),
            config.Bool("go_backwards", false),
            isAligned
        )
        {
            IsZeroWhereMasked = config.Bool("zero_output_for_mask", false),
        };
    }

    /// <summary>Adds the operations.</summary>
    public ImmutableArray<KerasValue> Apply(KerasScope scope)
    {
        var input = scope.Inputs.Length > 0 ? scope.Real(scope.Inputs[0]) : scope.FloatInput;
        if (input.Shape.Rank != 3)
        {
            throw new GraphException($"its input has shape {input.Shape}, and must be (batch, steps, features).");
        }
        var masked = KerasMaskedSteps.Of(scope, input, IsZeroWhereMasked);
        var (weight, recurrence, bias) = Weights(scope, scope.Length(input, 2));
        string[] parameters = [weight, recurrence, bias];
        return masked is null ? OverAll(scope, input, parameters) : OverMasked(scope, input.Mask, masked, parameters);
    }

    private ImmutableArray<KerasValue> OverAll(KerasScope scope, KerasValue input, string[] parameters)
    {
        var outputs = Operator(scope, scope.Graph.Plain(input), parameters, InitialStates(scope), IsBackward);
        return Given(scope, null, () => Sequence(scope, outputs[0]), outputs[1..]);
    }

    private ImmutableArray<KerasValue> OverMasked(
        KerasScope scope,
        KerasMask? mask,
        KerasMaskedSteps steps,
        string[] parameters
    )
    {
        var (outputs, states) = steps.Run(
            IsBackward,
            [.. InitialStates(scope)],
            (one, before) => Operator(scope, one, parameters, before, isBackward: false)[1..]
        );
        var given = Given(scope, outputs[^1], Sequence, states);
        return ReturnsSequences ? given.SetItem(0, given[0].WithMask(mask)) : given;

        string Sequence() =>
            scope.Then("sequence", "Concat", IsBackward && IsAligned ? outputs.Reverse() : outputs, ("axis", 1L));
    }

    // All outputs (N, T, 1, H), then the last states (N, 1, H).
    private ImmutableArray<string> Operator(
        KerasScope scope,
        string input,
        string[] parameters,
        IEnumerable<string> states,
        bool isBackward
    )
    {
        List<string> inputs = [input, .. parameters, "", .. states];
        while (inputs[^1].Length == 0)
        {
            inputs.RemoveAt(inputs.Count - 1);
        }
        List<(string, AttributeValue)> settings =
        [
            ("direction", isBackward ? "reverse" : "forward"),
            ("hidden_size", Units),
            ("layout", 1L),
            .. KerasRecurrentActivations.Of(scope, Type),
        ];
        if (Type == "GRU")
        {
            settings.Add(("linear_before_reset", IsResetAfter(scope) ? 1L : 0L));
        }
        return scope.Graph.AppendSeveral(
            $"{scope.Name}.recurrence",
            Type,
            inputs,
            Type == "LSTM" ? 3 : 2,
            [.. settings]
        );
    }

    // What the layer gives: its sequence or last output, and the last states, of which the first is that output otherwise.
    private ImmutableArray<KerasValue> Given(
        KerasScope scope,
        string? output,
        Func<string> sequence,
        ImmutableArray<string> states
    )
    {
        var last = states
            .Select((state, i) => scope.Graph.FromPlain(Reshape(scope, i == 0 ? "state" : "cell", state, 0, Units)))
            .Take(ReturnsState ? states.Length : 1)
            .ToArray();
        var first =
            ReturnsSequences ? scope.Graph.FromPlain(sequence())
            : output is null || output == states[0] ? last[0]
            : scope.Graph.FromPlain(Reshape(scope, "last", output, 0, Units));
        return ReturnsState ? [first, .. last] : [first];
    }

    // Of (N, T, 1, H).
    private string Sequence(KerasScope scope, string steps)
    {
        var sequence = Reshape(scope, "sequence", steps, 0, 0, Units);
        return IsBackward && !IsAligned
            ? scope.Then(
                "reversed",
                "Slice",
                [
                    sequence,
                    scope.Graph.Numbers($"{scope.Name}.last", -1),
                    scope.Graph.Numbers($"{scope.Name}.first", long.MinValue),
                    scope.Graph.Numbers($"{scope.Name}.axis", 1),
                    scope.Graph.Numbers($"{scope.Name}.step", -1),
                ]
            )
            : sequence;
    }

    private (string Weight, string Recurrence, string Bias) Weights(KerasScope scope, long features)
    {
        var all = checked(Gates * Units);
        var limit = 1 / MathF.Sqrt(Units);
        var weight = scope.Parameter(
            "kernel",
            "weight",
            Shape.Of(features, all),
            Kernel,
            new Initializer.GlorotUniform(features, Units)
        );
        var recurrence = scope.Parameter(
            "recurrent_kernel",
            "recurrent_weight",
            Shape.Of(Units, all),
            Kernel,
            new Initializer.Uniform(-limit, limit)
        );
        if (!scope.Config.Bool("use_bias", true))
        {
            return (weight, recurrence, "");
        }
        if (Type == "GRU" && IsResetAfter(scope))
        {
            // (2, G H): that of the inputs, then that of the states.
            return (weight, recurrence, Bias(Shape.Of(2, all), b => TensorLayout.Reshaped(b, 1, 2 * all)));
        }
        // Keras has one bias, the operator two: the second is zeros, and is not trained.
        var own = Bias(Shape.Of(all), b => TensorLayout.Reshaped(Ordered(b), 1, all));
        var none = scope.Constant("no_bias", Shape.Of(1, all), new float[all]);
        return (weight, recurrence, scope.Then("biases", "Concat", [own, none], ("axis", 1L)));

        TensorValue Kernel(TensorValue value)
        {
            var rows = TensorLayout.Permuted(value, 1, 0);
            return TensorLayout.Reshaped(Ordered(rows), 1, all, value.Shape[0].Length);
        }

        string Bias(Shape shape, Func<TensorValue, TensorValue> layout) =>
            scope.Parameter("bias", "bias", shape, layout, Initializer.Zeros);
    }

    private TensorValue Ordered(TensorValue value) => Type == "LSTM" ? KerasGates.OfLstm(value) : value;

    // Of the call's further inputs, or of those called initial_state: (N, H) each, and (N, 1, H) here.
    private IEnumerable<string> InitialStates(KerasScope scope)
    {
        var named = scope.Named.GetValueOrDefault("initial_state", []);
        var states = scope.Inputs.Skip(1).Concat(named).ToArray();
        if (scope.Named.Keys.Any(name => name != "initial_state"))
        {
            throw scope.Refused($"it is called with {string.Join(", ", scope.Named.Keys)}, which is not known");
        }
        var most = Type == "LSTM" ? 2 : 1;
        return states.Length == 0 || states.Length == most
            ? states.Select(
                (state, i) =>
                    scope.Then(
                        $"initial_{i}",
                        "Unsqueeze",
                        [scope.Graph.Plain(scope.Real(state))],
                        ("axes", new long[] { 1 })
                    )
            )
            : throw scope.Refused($"it is called with {states.Length} initial states, and has {most}");
    }

    // Keras 1 and the first versions of Keras 2 had no such setting, and reset before.
    private static bool IsResetAfter(KerasScope scope) => scope.Config.Bool("reset_after", scope.IsKeras3);

    private static string Reshape(KerasScope scope, string suffix, string value, params long[] lengths) =>
        scope.Then(suffix, "Reshape", [value], ("shape", lengths));
}
