using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Layers that prepare features, and have nothing to train.</summary>
internal static class KerasPreprocessing
{
    private const float LeastDeviation = 1e-7f; // Keras's epsilon

    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("Rescaling", Rescaling) with
        {
            Trained = "nothing to train",
        },
        KerasLayerDefinition.Of("Normalization", Normalization) with
        {
            Variables = config =>
                config.Find("mean") is not null
                    ? []
                    :
                    [
                        new("mean", IsTrained: false),
                        new("variance", IsTrained: false),
                        new("count", IsTrained: false),
                    ],
            Trained = "nothing to train",
            Remarks = "the axis must be the last, or none",
        },
    ];

    private static KerasValue Rescaling(KerasScope scope)
    {
        var input = scope.FloatInput;
        var (scale, scaleShape) = Numbers(scope, "scale", 1);
        var (offset, offsetShape) = Numbers(scope, "offset", 0);
        var isOne = scaleShape.Rank == 0 && offsetShape.Rank == 0;
        var value = isOne ? input.Made : scope.Graph.Plain(input);
        var result = scope.Append("Mul", [value, scope.Constant("scale", scaleShape, scale)]);
        if (offset.Any(n => n != 0))
        {
            result = scope.Then("sum", "Add", [result, scope.Constant("offset", offsetShape, offset)]);
        }
        return isOne ? scope.Untracked(input, result) : scope.Graph.FromPlain(result);
    }

    private static (float[] Numbers, Shape Shape) Numbers(KerasScope scope, string setting, float otherwise)
    {
        var numbers = scope.Config.RealList(setting)?.Select(n => (float)n).ToArray() ?? [otherwise];
        return (numbers, numbers.Length == 1 ? Shape.Scalar : Shape.Of(numbers.Length));
    }

    // (x - mean) / max(sqrt(variance), epsilon), along the last axis, or one mean for all.
    private static KerasValue Normalization(KerasScope scope)
    {
        var input = scope.FloatInput;
        var axes = scope.Config.IntList("axis") ?? [];
        var rank = input.Shape.Rank;
        if (axes.Length > 1 || (axes.Length == 1 && scope.Axis(axes[0], rank) != rank - 1))
        {
            throw scope.Refused("axes other than the last are not known");
        }
        var shape = axes.IsEmpty ? Shape.Scalar : Shape.Of(scope.Length(input, -1));
        var (mean, variance) = (Statistic(scope, "mean", shape), Statistic(scope, "variance", shape));
        var deviation = variance.Select(v => MathF.Max(MathF.Sqrt(v), LeastDeviation)).ToArray();
        var plain = scope.Graph.Plain(input);
        var (m, d) = (scope.Constant("mean", shape, mean), scope.Constant("deviation", shape, deviation));
        if (scope.Config.Bool("invert", false))
        {
            var product = scope.Then("product", "Mul", [plain, d]);
            return scope.Graph.FromPlain(scope.Append("Add", [product, m]));
        }
        var difference = scope.Then("difference", "Sub", [plain, m]);
        return scope.Graph.FromPlain(scope.Append("Div", [difference, d]));
    }

    private static float[] Statistic(KerasScope scope, string name, Shape shape)
    {
        if (scope.Config.RealList(name) is { } given)
        {
            var count = shape.ElementCount();
            return given.Length == count ? [.. given.Select(n => (float)n)]
                : given.Length == 1 ? [.. Enumerable.Repeat((float)given[0], (int)count)]
                : throw scope.Config.Error($"{name} has {given.Length} numbers, and must have {count}");
        }
        var own = scope.Translation.ShapeOf(scope, name);
        if (own.ElementCount() != shape.ElementCount())
        {
            throw scope.Config.Error($"{name} has shape {own}, and must have {shape.ElementCount()} numbers");
        }
        var value = scope.Translation.Parameters.Read(
            new(scope.Layer, scope.Path, $"{scope.Name}.{name}", name, IsTrained: false),
            own
        );
        return value.Floats.ToArray();
    }
}
