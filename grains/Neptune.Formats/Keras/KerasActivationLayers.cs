using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Activations that are layers.</summary>
internal static class KerasActivationLayers
{
    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("Activation", scope => scope.Activate(scope.FloatInput)),
        KerasLayerDefinition.Of("ReLU", Relu),
        KerasLayerDefinition.Of("LeakyReLU", LeakyRelu),
        KerasLayerDefinition.Of(
            "ELU",
            scope => scope.Unary(scope.FloatInput, "Elu", null, ("alpha", scope.Config.Float("alpha", 1)))
        ),
        KerasLayerDefinition.Of(
            "ThresholdedReLU",
            scope => scope.Unary(scope.FloatInput, "ThresholdedRelu", null, ("alpha", scope.Config.Float("theta", 1)))
        ),
        KerasLayerDefinition.Of("PReLU", ParametricRelu) with
        {
            Variables = _ => [new("alpha")],
        },
        KerasLayerDefinition.Of("Softmax", Softmax),
    ];

    // Above max_value that value, from the threshold on x, below it slope (x - threshold).
    private static KerasValue Relu(KerasScope scope)
    {
        var input = scope.FloatInput;
        var most = scope.Config.Find("max_value") is null ? (float?)null : scope.Config.Float("max_value", 0);
        var slope = scope.Config.Float("negative_slope", 0);
        var threshold = scope.Config.Float("threshold", 0);
        if (threshold != 0)
        {
            var limit = scope.Constant("threshold", Shape.Scalar, threshold);
            var isBelow = scope.Then("is_below", "Less", [input.Made, limit]);
            var distance = scope.Then("distance", "Sub", [input.Made, limit]);
            var below = scope.Then("below", "Mul", [distance, scope.Constant("slope", Shape.Scalar, slope)]);
            var result = scope.Like(input, scope.Append("Where", [isBelow, below, input.Made]));
            return most is { } top ? scope.Unary(result, "Clip", "clip", ("max", top)) : result;
        }
        if (slope == 0)
        {
            return most is { } top
                ? scope.Unary(input, "Clip", null, ("min", 0f), ("max", top))
                : scope.Unary(input, "Relu");
        }
        var leaky = scope.Unary(input, "LeakyRelu", null, ("alpha", slope));
        return most is { } limitOfLeaky ? scope.Unary(leaky, "Clip", "clip", ("max", limitOfLeaky)) : leaky;
    }

    private static KerasValue LeakyRelu(KerasScope scope)
    {
        // Keras 2 calls it alpha.
        var name = scope.Config.Find("negative_slope") is null ? "alpha" : "negative_slope";
        return scope.Unary(scope.FloatInput, "LeakyRelu", null, ("alpha", scope.Config.Float(name, 0.3f)));
    }

    // One slope for each element of a sample, but for the shared axes.
    private static KerasValue ParametricRelu(KerasScope scope)
    {
        var input = scope.FloatInput;
        var shared = scope.Config.IntList("shared_axes") ?? [];
        var lengths = Enumerable
            .Range(1, input.Shape.Rank - 1)
            .Select(axis => shared.Contains(axis) ? 1 : scope.Length(input, axis))
            .ToArray();
        var isMoved = input.IsMoved;
        var order = new[] { lengths.Length - 1 }.Concat(Enumerable.Range(0, lengths.Length - 1)).ToArray();
        var slope = scope.Parameter(
            "alpha",
            "alpha",
            Shape.Of(lengths),
            isMoved ? value => TensorLayout.Permuted(value, order) : null,
            Initializer.Zeros
        );
        // A shared layer keeps the order of its first call.
        var isLaidOut = scope.Translation.Parameters.IsLaidOut(slope);
        var x = isLaidOut ? scope.Graph.Moved(input) : scope.Graph.Plain(input);
        var result = scope.Append("PRelu", [x, slope]);
        return (isLaidOut ? scope.Graph.FromMoved(result) : scope.Graph.FromPlain(result)).WithMask(input.Mask);
    }

    private static KerasValue Softmax(KerasScope scope)
    {
        var axes = scope.Config.IntList("axis") ?? [-1];
        if (axes.Length != 1 || scope.Inputs.Length != 1 || scope.Named.Count > 0)
        {
            throw scope.Refused("several axes, or a mask, are not known");
        }
        scope.RequireNoMask();
        return KerasActivations.Softmax(scope, scope.FloatInput, "Softmax", axes[0]);
    }
}
