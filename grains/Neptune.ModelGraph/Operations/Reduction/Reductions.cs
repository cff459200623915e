using System.Collections.Immutable;
using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Sums and the like over <c>axes</c> (an attribute, or an input); over all where they are left out or empty, unless
/// <c>noop_with_empty_axes</c> is 1. Reduced axes stay as 1 unless <c>keepdims</c> is 0.
/// </summary>
internal sealed class Reductions : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            Reduction("ReduceL1", Number),
            Reduction("ReduceL2", Number),
            Reduction("ReduceLogSum", Number),
            Reduction("ReduceLogSumExp", Number),
            Reduction("ReduceMax", Any),
            Reduction("ReduceMean", Number),
            Reduction("ReduceMin", Any),
            Reduction("ReduceProd", Number),
            Reduction("ReduceSum", Number),
            Reduction("ReduceSumSquare", Number),
            new FunctionDefinition("Det", "X", Floating.OfAll, Det),
        ];

    private static FunctionDefinition Reduction(string name, ElementKind kind) =>
        new(
            name,
            "data axes?",
            scope =>
            {
                if (scope.Has(1))
                {
                    _ = Place.Of(scope, 1);
                }
                return kind.Of(scope);
            },
            Reduce,
            Ints("axes"),
            Int("keepdims"),
            Int("noop_with_empty_axes")
        )
        {
            // The product of a shape's lengths is a number of elements.
            Knows = scope =>
                name == "ReduceProd" && scope.Known(0) is { IsScalar: false } lengths && lengths.Elements.All(IsLength)
                    ? new(
                        [KnownElement.Of(Product(lengths.Elements.Select(e => e.AsDimension())))],
                        scope.Operation.Int("keepdims", 1) == 0
                    )
                    : null,
        };

    private static bool IsLength(KnownElement element) => element.Symbol is not null || element.Number >= 0;

    private static Shape Reduce(OperationScope scope)
    {
        var shape = scope.Shape(0);
        var keeps = scope.Operation.Int("keepdims", 1) != 0;
        var given = scope.IntsOrInput("axes", 1);
        if (given is null && scope.Has(1) && !(scope.Shape(1) is { IsFixed: true } none && none.ElementCount() == 0))
        {
            return keeps ? OfUnknown(shape.Rank)
                : scope.Shape(1) is { IsFixed: true, Rank: 1 } count && count[0].Length <= shape.Rank
                    ? OfUnknown(shape.Rank - (int)count[0].Length)
                : Shape.Unknown;
        }
        if (given is null or [] && scope.Flag("noop_with_empty_axes"))
        {
            return shape;
        }
        ImmutableArray<int> axes = given is null or []
            ? [.. Enumerable.Range(0, shape.Rank)]
            : Axes(scope, "axes", given.Value, shape.Rank);
        return keeps
            ? new([.. shape.Dimensions.Select((d, i) => axes.Contains(i) ? 1 : d)])
            : new([.. shape.Dimensions.Where((_, i) => !axes.Contains(i))]);
    }

    private static Shape Det(OperationScope scope)
    {
        var shape = scope.Shape(0);
        return shape.Rank >= 2 && shape[-1].MayEqual(shape[-2])
            ? new([.. shape.Dimensions.SkipLast(2)])
            : throw scope.Error(
                $"X has shape {shape}, and must be square matrices: the last two lengths must be equal."
            );
    }
}
