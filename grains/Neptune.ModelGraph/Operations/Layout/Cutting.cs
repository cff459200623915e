using System.Collections.Immutable;
using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Parts of a tensor, at places that are the same for all its elements.</summary>
internal sealed class Cutting : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition(
                "Slice",
                "data starts? ends? axes? steps?",
                First,
                Slice,
                Ints("starts"),
                Ints("ends"),
                Ints("axes")
            )
            {
                Knows = KnowSlice,
            },
            new FunctionDefinition("Compress", "input condition", Compressed, Compress, Int("axis")),
            new FunctionDefinition("Trilu", "input k?", First, Trilu, Int("upper")),
        ];

    private static ElementType First(OperationScope scope) => scope[0].Type;

    private static Shape Slice(OperationScope scope)
    {
        var shape = scope.Shape(0);
        var (starts, ends) = (scope.IntsOrInput("starts", 1), scope.IntsOrInput("ends", 2));
        foreach (var (name, input) in (ReadOnlySpan<(string, int)>)[("starts", 1), ("ends", 2)])
        {
            if (!scope.Operation.Attributes.ContainsKey(name) && !scope.Has(input))
            {
                throw scope.Error($"{name} is missing. Give a place for each axis that is cut.");
            }
        }
        var count =
            starts?.Length
            ?? ends?.Length
            ?? (scope.Has(1) && scope.Shape(1) is { IsFixed: true, Rank: 1 } places ? (int)places[0].Length : -1);
        if (AxesOf(scope, shape.Rank, count) is not { } axes)
        {
            return OfUnknown(shape.Rank);
        }
        var steps = scope.Has(4) ? scope.Numbers(4) : [.. Enumerable.Repeat(1L, axes.Length)];
        foreach (var (name, numbers) in new[] { ("starts", starts), ("ends", ends), ("steps", steps) })
        {
            if (numbers is { } given && given.Length != axes.Length)
            {
                throw scope.Error(
                    $"{name} has {given.Length} numbers, and there are {axes.Length} axes. Give as many."
                );
            }
        }
        if (steps is { } all && all.Contains(0))
        {
            throw scope.Error("steps holds 0. A step goes forward or backward.");
        }
        var result = shape.Dimensions.ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            result[axes[i]] = Cut(result[axes[i]], starts?[i], ends?[i], steps?[i]);
        }
        return new([.. result]);
    }

    private static ImmutableArray<int>? AxesOf(OperationScope scope, int rank, int count)
    {
        if (scope.IntsOrInput("axes", 3) is { } given)
        {
            return Axes(scope, "axes", given, rank);
        }
        return scope.Has(3) || count < 0 ? null
            : count <= rank ? [.. Enumerable.Range(0, count)]
            : throw scope.Error($"starts has {count} numbers, and data has {rank} dimensions. Give at most as many.");
    }

    private static Dimension Cut(Dimension length, long? start, long? end, long? step) =>
        (start, end, step) switch
        {
            (0, >= int.MaxValue, 1) => length,
            ({ } first, { } last, { } by) when length.IsFixed => SliceRange.Of(length.Length, first, last, by).Count,
            _ => Dimension.Unknown,
        };

    private static KnownElements? KnowSlice(OperationScope scope)
    {
        if (
            scope.Known(0) is not { IsScalar: false } data
            || scope.IntsOrInput("starts", 1) is not [var start]
            || scope.IntsOrInput("ends", 2) is not [var end]
            || (scope.Has(4) ? scope.Numbers(4) : [1]) is not [not 0 and var step]
        )
        {
            return null;
        }
        var range = SliceRange.Of(data.Elements.Length, start, end, step);
        return new(
            [.. Enumerable.Range(0, (int)range.Count).Select(i => data.Elements[(int)(range.Start + (i * step))])],
            false
        );
    }

    private static ElementType Compressed(OperationScope scope)
    {
        _ = Truth.Of(scope, 1);
        return scope[0].Type;
    }

    private static Shape Compress(OperationScope scope)
    {
        var shape = scope.Shape(0);
        _ = scope.ShapeOfRank(1, 1, "a vector");
        return scope.Operation.Attributes.ContainsKey("axis")
            ? new(shape.Dimensions.SetItem(scope.Axis("axis", 0, shape.Rank), Dimension.Unknown))
            : new(Dimension.Unknown);
    }

    private static Shape Trilu(OperationScope scope)
    {
        _ = scope.Flag("upper");
        return scope.Shape(0).Rank >= 2
            ? scope.Shape(0)
            : throw scope.Error($"input has shape {scope.Shape(0)}, and must have at least 2 dimensions.");
    }
}
