using System.Collections.Immutable;
using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Tensors put together, repeated or padded.</summary>
internal sealed class Joining : IOperationFamily
{
    private static readonly string[] PadModes = ["constant", "reflect", "edge", "wrap"];

    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition("Concat", "inputs...", Any.OfAll, Concat, Int("axis")) { Knows = KnowConcat },
            new FunctionDefinition("Expand", "input shape", FirstAndLengths, Expand) { Knows = KnowExpand },
            new FunctionDefinition("Tile", "input repeats", FirstAndLengths, Tile),
            new FunctionDefinition(
                "Pad",
                "data pads? constant_value? axes?",
                PadType,
                Pad,
                Ints("pads"),
                Text("mode"),
                Float("value")
            ),
        ];

    private static ElementType FirstAndLengths(OperationScope scope)
    {
        _ = Place.Of(scope, 1);
        return scope[0].Type;
    }

    private static Shape Concat(OperationScope scope)
    {
        var first = scope.Shape(0);
        if (!scope.Operation.Attributes.ContainsKey("axis"))
        {
            throw scope.Error("axis is missing. Give the axis along which the inputs follow one another.");
        }
        var axis = scope.Axis("axis", 0, first.Rank);
        var result = first.Dimensions.ToArray();
        for (var i = 1; i < scope.Count; i++)
        {
            var shape = scope.Shape(i);
            if (shape.Rank != first.Rank)
            {
                throw Differs(scope, i, axis);
            }
            for (var d = 0; d < result.Length; d++)
            {
                result[d] =
                    d == axis ? Sum(result[d], shape[d]) : Merge(result[d], shape[d]) ?? throw Differs(scope, i, axis);
            }
        }
        return new([.. result]);
    }

    private static GraphException Differs(OperationScope scope, int input, int axis) =>
        scope.Error(
            $"{scope.NameOf(0)} has shape {scope.Shape(0)} and {scope.NameOf(input)} has shape "
                + $"{scope.Shape(input)}. Make "
                + $"all lengths but those of axis {axis} equal."
        );

    private static Dimension Sum(Dimension a, Dimension b) =>
        a is { IsFixed: true, Length: 0 } ? b
        : b is { IsFixed: true, Length: 0 } ? a
        : a.IsFixed && b.IsFixed ? checked(a.Length + b.Length)
        : Dimension.Unknown;

    private static KnownElements? KnowConcat(OperationScope scope)
    {
        var parts = Enumerable.Range(0, scope.Count).Select(scope.Known).ToArray();
        return parts.All(p => p is { IsScalar: false }) ? new([.. parts.SelectMany(p => p!.Elements)], false) : null;
    }

    private static Shape Expand(OperationScope scope)
    {
        var target = scope.Known(1) is { } known
            ? new([.. known.Elements.Select(e => e.AsDimension())])
            : OfUnknownLengths(scope.Shape(1));
        return Broadcasting.Of(scope.Shape(0), target)
            ?? throw scope.Error($"input has shape {scope.Shape(0)}, which does not broadcast with shape {target}.");
    }

    private static KnownElements? KnowExpand(OperationScope scope) =>
        scope.Known(0) is { Elements: [var only] }
        && scope.Numbers(1) is [>= 0 and <= KnownElements.Most and var length]
            ? new([.. Enumerable.Repeat(only, (int)length)], false)
            : null;

    private static Shape Tile(OperationScope scope)
    {
        var shape = scope.Shape(0);
        if (!scope.Shape(1).MayEqual(Shape.Of(shape.Rank)))
        {
            throw scope.Error(
                $"repeats has shape {scope.Shape(1)}, and must have one number for each dimension of {shape}."
            );
        }
        if (scope.Known(1) is not { } repeats)
        {
            return OfUnknown(shape.Rank);
        }
        return new([
            .. shape.Dimensions.Zip(
                repeats.Elements,
                (length, times) =>
                    times.Symbol is null && times.Number < 0
                        ? throw scope.Error($"repeats holds {times.Number}, and must not be negative.")
                        : Product([length, times.AsDimension()])
            ),
        ]);
    }

    private static ElementType PadType(OperationScope scope) => Any.OfBoth(scope, 0, 2);

    private static Shape Pad(OperationScope scope)
    {
        var shape = scope.Shape(0);
        var mode = scope.Operation.Text("mode", "constant");
        if (!PadModes.Contains(mode))
        {
            throw scope.Error($"mode is {mode}. {NearestNames.Offer(mode, PadModes)}");
        }
        if (!scope.Operation.Attributes.ContainsKey("pads") && !scope.Has(1))
        {
            throw scope.Error("pads is missing. Give the lengths before each axis, then those behind.");
        }
        ImmutableArray<int>? axes = scope.Has(3)
            ? scope.Numbers(3) is { } given
                ? Axes(scope, "axes", given, shape.Rank)
                : null
            : [.. Enumerable.Range(0, shape.Rank)];
        if (scope.IntsOrInput("pads", 1) is not { } pads || axes is null)
        {
            return OfUnknown(shape.Rank);
        }
        if (pads.Length != axes.Value.Length * 2)
        {
            throw scope.Error(
                $"pads is ({string.Join(", ", pads)}), and must have {axes.Value.Length * 2} numbers: "
                    + "those before each of "
                    + $"{axes.Value.Length} axes, then those behind."
            );
        }
        var result = shape.Dimensions.ToArray();
        foreach (var (axis, i) in axes.Value.Select((axis, i) => (axis, i)))
        {
            var added = checked(pads[i] + pads[i + axes.Value.Length]);
            result[axis] =
                pads[i] == 0 && added == 0
                    ? result[axis]
                    : Map(
                        result[axis],
                        length =>
                            checked(length + added) is >= 0 and var padded
                                ? padded
                                : throw scope.Error($"pads takes {-added} from axis {axis} of data {shape}. Take less.")
                    );
        }
        return new([.. result]);
    }
}
