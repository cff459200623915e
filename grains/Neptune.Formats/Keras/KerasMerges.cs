using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Layers that make one tensor of several.</summary>
internal static class KerasMerges
{
    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("Add", scope => Chain(scope, "Add")),
        KerasLayerDefinition.Of("Subtract", Subtract),
        KerasLayerDefinition.Of("Multiply", scope => OfAll(scope, s => Chain(s, "Mul"))) with
        {
            Remarks = OfMasked,
        },
        KerasLayerDefinition.Of("Average", scope => Many(scope, "Mean")),
        KerasLayerDefinition.Of("Maximum", scope => OfAll(scope, s => Many(s, "Max"))) with
        {
            Remarks = OfMasked,
        },
        KerasLayerDefinition.Of("Minimum", scope => OfAll(scope, s => Many(s, "Min"))) with
        {
            Remarks = OfMasked,
        },
        KerasLayerDefinition.Of("Concatenate", Concatenate),
        KerasLayerDefinition.Of("Dot", Dot) with
        {
            Remarks = "of matrices and of batches of matrices",
        },
    ];

    private const string OfMasked = "masked steps are refused in files of Keras 3";

    private static KerasValue Chain(KerasScope scope, string type)
    {
        var (values, isMoved) = Same(scope);
        var sum = scope.Append(type, values.Take(2));
        foreach (var (i, value) in values.Skip(2).Index())
        {
            sum = scope.Then($"{i + 2}", type, [sum, value]);
        }
        return From(scope, sum, isMoved);
    }

    private static KerasValue Subtract(KerasScope scope) =>
        scope.Inputs.Length == 2
            ? Chain(scope, "Sub")
            : throw scope.Config.Error($"it is called on {scope.Inputs.Length} tensors, and takes 2");

    // Since Keras 3, these take the elements of masked steps from the other tensors alone.
    private static KerasValue OfAll(KerasScope scope, Func<KerasScope, KerasValue> merge) =>
        scope.IsKeras3 && scope.Inputs.Any(i => i.Mask is not null)
            ? throw scope.Refused("it merges masked steps (mask_zero or Masking), which are not left out here")
            : merge(scope);

    private static KerasValue Many(KerasScope scope, string type)
    {
        var (values, isMoved) = Same(scope);
        return From(scope, scope.Append(type, values), isMoved);
    }

    private static KerasValue Concatenate(KerasScope scope)
    {
        var axis = scope.Config.Int("axis", -1);
        var (values, isMoved) = Same(scope);
        var first = scope.Inputs[0];
        var place = scope.Axis(axis, first.Shape.Rank);
        var made = isMoved ? new KerasValue(null, values[0], first.Shape, first.Type).AxisMade(place) : place;
        var result = From(scope, scope.Append("Concat", values, ("axis", (long)made)), isMoved);
        return result.Mask is not null && place == 1 ? result.WithMask(KerasMask.Unknown) : result;
    }

    private static KerasValue Dot(KerasScope scope)
    {
        if (scope.Inputs is not [var a, var b] || a.Shape.Rank != b.Shape.Rank || a.Shape.Rank is not (2 or 3))
        {
            throw scope.Refused("only two tensors of 2 or 3 dimensions each are known");
        }
        if (scope.Config.Bool("normalize", false))
        {
            throw scope.Refused("normalize is not known");
        }
        var axes = scope.Config.IntList("axes") ?? [-1];
        var rank = a.Shape.Rank;
        var (left, right) = (scope.Axis(axes[0], rank), scope.Axis(axes[^1], rank));
        if (left == 0 || right == 0)
        {
            throw scope.Refused("products along the batch are not known");
        }
        var (x, y) = (scope.Graph.Plain(scope.Real(a)), scope.Graph.Plain(scope.Real(b)));
        if (rank == 2)
        {
            var product = scope.Then("product", "Mul", [x, y]);
            return scope.Graph.FromPlain(
                scope.Append("ReduceSum", [product], ("axes", new long[] { 1 }), ("keepdims", 1L))
            );
        }
        long[] turned = [0, 2, 1];
        x = left == 2 ? x : scope.Then("left", "Transpose", [x], ("perm", turned));
        y = right == 1 ? y : scope.Then("right", "Transpose", [y], ("perm", turned));
        return scope.Graph.FromPlain(scope.Append("MatMul", [x, y]));
    }

    // All in one form: with channels second, where one was made so.
    private static (ImmutableArray<string> Values, bool IsMoved) Same(KerasScope scope)
    {
        var inputs = scope.Inputs;
        if (inputs.Length < 2)
        {
            throw scope.Config.Error($"it is called on {inputs.Length} tensors, and takes several");
        }
        var rank = inputs[0].Shape.Rank;
        if (inputs.Any(i => i.Shape.Rank != rank))
        {
            throw scope.Refused(
                $"tensors of different numbers of dimensions ({string.Join(" and ", inputs.Select(i => i.Shape))}) are not known"
            );
        }
        var real = inputs.Select(scope.Real).ToArray();
        var isMoved = real.Any(i => i.IsMoved);
        return ([.. real.Select(i => isMoved ? scope.Graph.Moved(i) : scope.Graph.Plain(i))], isMoved);
    }

    private static KerasValue From(KerasScope scope, string value, bool isMoved) =>
        (isMoved ? scope.Graph.FromMoved(value) : scope.Graph.FromPlain(value)).WithMask(
            KerasMask.Of(scope.Inputs.Select(i => i.Mask))
        );
}
