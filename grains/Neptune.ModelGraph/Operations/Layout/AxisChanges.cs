using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>The same elements with other axes.</summary>
internal sealed class AxisChanges : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition("Squeeze", "data axes?", First, Squeeze, Ints("axes"))
            {
                Knows = scope => Flat(scope, Squeeze),
            },
            new FunctionDefinition("Unsqueeze", "data axes?", First, Unsqueeze, Ints("axes"))
            {
                Knows = scope => Flat(scope, Unsqueeze),
            },
            new FunctionDefinition("DepthToSpace", "input", First, DepthToSpace, Int("blocksize"), Text("mode")),
            new FunctionDefinition("SpaceToDepth", "input", First, SpaceToDepth, Int("blocksize")),
            new FunctionDefinition(
                "ReverseSequence",
                "input sequence_lens",
                First,
                ReverseSequence,
                Int("batch_axis"),
                Int("time_axis")
            ),
        ];

    private static ElementType First(OperationScope scope) => scope[0].Type;

    private static Shape Squeeze(OperationScope scope)
    {
        var shape = scope.Shape(0);
        if (scope.IntsOrInput("axes", 1) is { } given)
        {
            var axes = Axes(scope, "axes", given, shape.Rank);
            foreach (var axis in axes.Where(axis => !shape[axis].MayEqual(1)))
            {
                throw scope.Error($"axes holds {axis}, and data has shape {shape}, whose length there is not 1.");
            }
            return new([.. shape.Dimensions.Where((_, i) => !axes.Contains(i))]);
        }
        if (scope.Has(1))
        {
            return scope.Shape(1) is { IsFixed: true, Rank: 1 } count && count[0].Length <= shape.Rank
                ? OfUnknown(shape.Rank - (int)count[0].Length)
                : Shape.Unknown;
        }
        // A symbol may stand for 1.
        return shape.IsFixed ? new([.. shape.Dimensions.Where(d => d.Length != 1)]) : Shape.Unknown;
    }

    private static Shape Unsqueeze(OperationScope scope)
    {
        var shape = scope.Shape(0);
        if (scope.IntsOrInput("axes", 1) is not { } given)
        {
            return !scope.Has(1)
                    ? throw scope.Error("axes is missing. Give the places of the new dimensions in the output.")
                : scope.Shape(1) is { IsFixed: true, Rank: 1 } count && count[0].Length <= KnownElements.Most
                    ? OfUnknown(shape.Rank + (int)count[0].Length)
                : Shape.Unknown;
        }
        var result = shape.Dimensions.ToList();
        foreach (var axis in Axes(scope, "axes", given, shape.Rank + given.Length).Order())
        {
            result.Insert(axis, 1);
        }
        return new([.. result]);
    }

    private static KnownElements? Flat(OperationScope scope, Func<OperationScope, Shape> shape) =>
        scope.Known(0) is { } known && shape(scope) is { IsKnown: true, Rank: <= 1 } result
            ? known with
            {
                IsScalar = result.Rank == 0,
            }
            : null;

    private static Shape DepthToSpace(OperationScope scope)
    {
        var (x, block) = Image(scope);
        if (scope.Operation.Text("mode", "DCR") is not ("DCR" or "CRD"))
        {
            throw scope.Error($"mode is {scope.Operation.Text("mode", "")}, and must be DCR or CRD.");
        }
        var square = checked(block * block);
        var channels = Map(
            x[1],
            length =>
                length % square == 0
                    ? length / square
                    : throw scope.Error($"input has shape {x}, whose {length} channels are no multiple of {square}.")
        );
        return new(x[0], channels, Product([x[2], block]), Product([x[3], block]));
    }

    private static Shape SpaceToDepth(OperationScope scope)
    {
        var (x, block) = Image(scope);
        Dimension Part(Dimension dimension) =>
            Map(
                dimension,
                length =>
                    length % block == 0
                        ? length / block
                        : throw scope.Error($"input has shape {x}, whose length {length} is no multiple of {block}.")
            );
        return new(x[0], Product([x[1], checked(block * block)]), Part(x[2]), Part(x[3]));
    }

    private static (Shape, long) Image(OperationScope scope) =>
        scope.Operation.Int("blocksize", 0) is > 0 and var block
            ? (scope.ShapeOfRank(0, 4, "(N, C, H, W)"), block)
            : throw scope.Error($"blocksize is {scope.Operation.Int("blocksize", 0)}, and must be greater than 0.");

    private static Shape ReverseSequence(OperationScope scope)
    {
        var shape = scope.Shape(0);
        _ = Place.Of(scope, 1);
        var (batch, time) = (scope.Axis("batch_axis", 1, shape.Rank), scope.Axis("time_axis", 0, shape.Rank));
        if (batch == time)
        {
            throw scope.Error($"batch_axis and time_axis are both {batch}, and must differ.");
        }
        return scope.ShapeOfRank(1, 1, "a vector")[0].MayEqual(shape[batch])
            ? shape
            : throw scope.Error(
                $"sequence_lens has shape {scope.Shape(1)}, and must have a length for each of "
                    + $"{shape[batch]} sequences."
            );
    }
}
