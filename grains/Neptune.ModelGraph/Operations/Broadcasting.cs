using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>NumPy's broadcasting over shapes with symbols.</summary>
internal static class Broadcasting
{
    /// <summary>The shape two shapes broadcast to, or null where they do not.</summary>
    public static Shape? Of(Shape a, Shape b)
    {
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
            else
            {
                return null;
            }
        }
        return new(dimensions.MoveToImmutable());
    }

    private static bool IsOne(Dimension dimension) => dimension is { IsFixed: true, Length: 1 };
}
