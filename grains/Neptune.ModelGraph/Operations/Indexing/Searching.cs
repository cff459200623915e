using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Places found, and places marked.</summary>
internal sealed class Searching : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            Extreme("ArgMax"),
            Extreme("ArgMin"),
            new FunctionDefinition(
                "NonZero",
                "X",
                _ => ElementType.Int64,
                scope => new(Math.Max(1, scope.Shape(0).Rank), Dimension.Unknown)
            ),
            new FunctionDefinition("OneHot", "indices depth values", Marked, OneHot, Int("axis")),
            new FunctionDefinition("CumSum", "x axis", Summed, AsFirst, Int("exclusive"), Int("reverse")),
        ];

    private static FunctionDefinition Extreme(string name) =>
        new(
            name,
            "data",
            scope =>
            {
                _ = Number.Of(scope);
                return ElementType.Int64;
            },
            scope =>
            {
                var shape = scope.Shape(0);
                var axis = scope.Axis("axis", 0, shape.Rank);
                _ = scope.Flag("select_last_index");
                return scope.Operation.Int("keepdims", 1) != 0
                    ? new(shape.Dimensions.SetItem(axis, 1))
                    : new(shape.Dimensions.RemoveAt(axis));
            },
            Int("axis"),
            Int("keepdims"),
            Int("select_last_index")
        );

    private static ElementType Marked(OperationScope scope)
    {
        _ = Number.Of(scope);
        _ = Number.Of(scope, 1);
        return scope[2].Type;
    }

    private static Shape OneHot(OperationScope scope)
    {
        var shape = scope.Shape(0);
        if (!scope.Shape(2).MayEqual(Shape.Of(2)))
        {
            throw scope.Error($"values has shape {scope.Shape(2)}, and must be (2,): what is off, and what is on.");
        }
        var axis = scope.Operation.Int("axis", -1);
        if (axis < -shape.Rank - 1 || axis > shape.Rank)
        {
            throw scope.Error(
                $"axis is {axis}, and the output has {shape.Rank + 1} dimensions. Pick axis from {-shape.Rank - 1} to "
                    + $"{shape.Rank}."
            );
        }
        var depth = scope.Known(1) is { Elements: [var only] } ? only.AsDimension() : Dimension.Unknown;
        return new(shape.Dimensions.Insert((int)(axis < 0 ? axis + shape.Rank + 1 : axis), depth));
    }

    private static ElementType Summed(OperationScope scope)
    {
        _ = Place.Of(scope, 1);
        _ = scope.Flag("exclusive");
        _ = scope.Flag("reverse");
        return Number.Of(scope);
    }
}
