using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>NumPy's broadcasting over shapes with symbols.</summary>
internal static class Broadcasting
{
    /// <summary>The shape two shapes broadcast to, or null where they do not.</summary>
    public static Shape? Of(Shape a, Shape b)
    {
        if (!a.IsKnown || !b.IsKnown)
        {
            return Shape.Unknown;
        }
        var rank = Math.Max(a.Rank, b.Rank);
        var dimensions = ImmutableArray.CreateBuilder<Dimension>(rank);
        for (var i = 0; i < rank; i++)
        {
            var left = i < rank - a.Rank ? 1 : a.Dimensions[i - rank + a.Rank];
            var right = i < rank - b.Rank ? 1 : b.Dimensions[i - rank + b.Rank];
            if (left == right || IsOne(right))
            {
                dimensions.Add(left);
            }
            else if (IsOne(left))
            {
                dimensions.Add(right);
            }
            else if (left.IsUnknown || right.IsUnknown)
            {
                dimensions.Add(left.IsUnknown ? right : left);
            }
            else
            {
                return null;
            }
        }
        return new(dimensions.MoveToImmutable());
    }

    /// <summary>The shape that all shapes broadcast to, or null where they do not.</summary>
    public static Shape? Of(IEnumerable<Shape> shapes) =>
        shapes.Aggregate((Shape?)Shape.Scalar, (a, b) => a is null ? null : Of(a, b));

    private static bool IsOne(Dimension dimension) => dimension is { IsFixed: true, Length: 1 };
}
