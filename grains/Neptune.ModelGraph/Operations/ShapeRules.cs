using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>What the shapes of several operators follow.</summary>
internal static class ShapeRules
{
    /// <summary>The first input's shape.</summary>
    public static Shape AsFirst(OperationScope scope) => scope.Shape(0);

    /// <summary>The first input's shape, once <c>axis</c> is one of its axes.</summary>
    public static Func<OperationScope, Shape> AlongAxis(long otherwise) =>
        scope =>
        {
            _ = scope.Axis("axis", otherwise, scope.Shape(0).Rank);
            return scope.Shape(0);
        };

    /// <summary>The shape that all inputs broadcast to.</summary>
    public static Shape Broadcast(OperationScope scope)
    {
        var shape = scope.Shape(0);
        for (var i = 1; i < scope.Count; i++)
        {
            shape =
                Broadcasting.Of(shape, scope.Shape(i))
                ?? throw scope.Error(
                    $"{scope.NameOf(i - 1)} has shape {shape} and {scope.NameOf(i)} has shape "
                        + $"{scope.Shape(i)}, which do "
                        + "not broadcast: aligned at the end, lengths must be equal or 1."
                );
        }
        return shape;
    }

    /// <summary>The first input's shape, to which a later input must broadcast.</summary>
    public static Shape BroadcastToFirst(OperationScope scope, int input)
    {
        var shape = scope.Shape(0);
        return Broadcasting.Of(shape, scope.Shape(input)) is { } both && both.MayEqual(shape)
            ? shape
            : throw scope.Error(
                $"{scope.NameOf(input)} has shape {scope.Shape(input)}, which does not broadcast to "
                    + $"{shape}, the shape of "
                    + $"{scope.NameOf(0)}."
            );
    }

    /// <summary>A shape of which a vector of that shape holds the lengths, where they are not known.</summary>
    public static Shape OfUnknownLengths(Shape lengths) =>
        lengths is { Rank: 1 } && lengths[0] is { IsFixed: true, Length: <= KnownElements.Most } rank
            ? OfUnknown((int)rank.Length)
            : Shape.Unknown;

    /// <summary>A shape of which only the number of dimensions is known.</summary>
    public static Shape OfUnknown(int rank) => new([.. Enumerable.Repeat(Dimension.Unknown, rank)]);

    /// <summary>The lengths that an input holds, as a shape.</summary>
    public static Shape OfLengths(OperationScope scope, int input)
    {
        if (scope.Known(input) is not { } known)
        {
            return OfUnknownLengths(scope.Shape(input));
        }
        return known.Numbers is { } numbers && numbers.Any(n => n < 0)
            ? throw scope.Error(
                $"{scope.NameOf(input)} is ({string.Join(", ", numbers)}), and lengths must not be negative."
            )
            : new([.. known.Elements.Select(e => e.AsDimension())]);
    }

    /// <summary>Axes in 0..<paramref name="rank"/>-1, each once; negative ones count from the end.</summary>
    public static ImmutableArray<int> Axes(OperationScope scope, string name, ImmutableArray<long> axes, int rank)
    {
        var result = axes.Select(axis =>
                axis >= -rank && axis < rank
                    ? (int)(axis < 0 ? axis + rank : axis)
                    : throw scope.Error(
                        $"{name} holds {axis}, and there are {rank} dimensions. Pick from {-rank} to {rank - 1}."
                    )
            )
            .ToImmutableArray();
        return result.Distinct().Count() == result.Length
            ? result
            : throw scope.Error($"{name} is ({string.Join(", ", axes)}), and must name each axis once.");
    }

    /// <summary>
    /// The product of lengths: a symbol times ones is the symbol; times anything else it has no name.
    /// </summary>
    public static Dimension Product(IEnumerable<Dimension> dimensions)
    {
        var all = dimensions.ToArray();
        var symbols = all.Where(d => !d.IsFixed).ToArray();
        var length = all.Where(d => d.IsFixed).Aggregate(1L, (product, d) => checked(product * d.Length));
        return symbols.Length switch
        {
            0 => length,
            1 when length == 1 => symbols[0],
            _ when length == 0 => 0,
            _ => Dimension.Unknown,
        };
    }

    /// <summary>A length that a function makes of a length; of a symbol it is not known.</summary>
    public static Dimension Map(Dimension dimension, Func<long, long> function) =>
        dimension.IsFixed ? function(dimension.Length) : Dimension.Unknown;

    /// <summary>
    /// Two lengths that must be equal as one: the one of which more is known; null where they differ.
    /// </summary>
    public static Dimension? Merge(Dimension a, Dimension b) =>
        !a.MayEqual(b) ? null
        : a.IsUnknown ? b
        : a;
}
