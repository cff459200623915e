using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Recurrent layers, forward, backward and both.</summary>
internal static class KerasRecurrent
{
    private const string Remarks =
        "stateful layers, more than 1,024 masked steps, and activations without a name in ONNX are refused";
    private const string Trained = "yes, but not with dropout or recurrent_dropout";

    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        .. new[] { "LSTM", "GRU", "SimpleRNN" }.Select(name => new KerasLayerDefinition(name)
        {
            Apply = scope => KerasRecurrence.Read(scope, isAligned: false).Apply(scope),
            Variables = Variables,
            Remarks = Remarks,
            Trained = Trained,
        }),
        new("Bidirectional")
        {
            Apply = Both,
            Remarks = "of LSTM, GRU and SimpleRNN; sequences of masked steps before Keras 2.4 are refused",
            Trained = Trained,
        },
    ];

    private static ImmutableArray<KerasVariable> Variables(KerasConfig config) =>
        config.Bool("use_bias", true)
            ? [new("kernel", "cell"), new("recurrent_kernel", "cell"), new("bias", "cell")]
            : [new("kernel", "cell"), new("recurrent_kernel", "cell")];

    private static ImmutableArray<KerasValue> Both(KerasScope scope)
    {
        if (scope.Layer.Wrapped.IsEmpty)
        {
            throw scope.Refused("it wraps no layer");
        }
        if (scope.Inputs.Length > 1 || scope.Named.Count > 0)
        {
            throw scope.Refused("initial states are not known");
        }
        var results = ImmutableArray.CreateBuilder<ImmutableArray<KerasValue>>();
        foreach (var (part, _, inner) in KerasLeaf.Inside(scope.Layer))
        {
            if (inner.Custom is not null || inner.Class is not ("LSTM" or "GRU" or "SimpleRNN"))
            {
                throw scope.Refused($"it wraps {inner.Class}, and only LSTM, GRU and SimpleRNN are known");
            }
            var own = new KerasScope(
                scope.Translation,
                inner,
                KerasLeaf.Join(scope.Path, part),
                scope.IsTrainable && inner.IsTrainable,
                scope.Inputs,
                scope.Call,
                scope.Named
            );
            var isBackward = inner.Config.Bool("go_backwards", false);
            // A backward layer that is not given is the other one turned round.
            var turns = part == "backward" && scope.Layer.Wrapped.All(w => w.Setting != "backward_layer");
            if (isBackward != (part == "backward" && !turns))
            {
                throw scope.Refused($"its {part} layer goes the wrong way (go_backwards)");
            }
            var recurrence = KerasRecurrence.Read(own, isAligned: true) with { IsBackward = part == "backward" };
            recurrence = recurrence with { IsZeroWhereMasked = IsZeroWhereMasked(scope, recurrence) };
            results.Add(recurrence.Apply(own));
            KerasCommonSettings.Check(own);
        }
        return
        [
            .. Merged(scope, results[0][0], results[1][0]).Select(r => r.WithMask(results[0][0].Mask)),
            .. results.SelectMany(r => r.Skip(1)),
        ];
    }

    // Whatever the setting of the layers inside, where Keras 2.4 or later wrote the file.
    private static bool IsZeroWhereMasked(KerasScope scope, KerasRecurrence inner) =>
        !inner.ReturnsSequences || scope.Inputs.All(i => i.Mask is null) || scope.Translation.File.IsAtLeast(2, 4)
            ? inner.ReturnsSequences
            : throw scope.Refused(
                "it returns sequences of masked steps, whose outputs differ among versions of Keras before 2.4. "
                    + "Save the model with a newer version"
            );

    private static ImmutableArray<KerasValue> Merged(KerasScope scope, KerasValue forward, KerasValue backward)
    {
        string[] both = [scope.Graph.Plain(forward), scope.Graph.Plain(backward)];
        var mode = scope.Config.Find("merge_mode") is null ? "none" : scope.Config.Text("merge_mode", "concat");
        return mode switch
        {
            "none" => [forward, backward],
            "concat" => [scope.Graph.FromPlain(scope.Append("Concat", both, ("axis", -1L)))],
            "sum" => [scope.Graph.FromPlain(scope.Append("Add", both))],
            "mul" => [scope.Graph.FromPlain(scope.Append("Mul", both))],
            "ave" => [scope.Graph.FromPlain(scope.Append("Mean", both))],
            _ => throw scope.Config.Error($"merge_mode is {mode}, and must be concat, sum, mul, ave or null"),
        };
    }
}
