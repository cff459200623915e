using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// Clips mean gradients in place. Norms are added up in double precision, element by element in the order of the flat
/// weights: the bits depend on the gradient alone.
/// </summary>
internal static class GradientClip
{
    /// <summary>Clips.</summary>
    /// <param name="clipping">How.</param>
    /// <param name="means">The mean gradients, all of them finite; as the weights lie.</param>
    /// <param name="slices">The parameters.</param>
    /// <param name="ranges">How they are trained: what has no rate has no part in a norm of all.</param>
    public static void Apply(
        GradientClipping clipping,
        Span<float> means,
        ImmutableArray<FlatSlice> slices,
        ImmutableArray<UpdateRange> ranges
    )
    {
        switch (clipping)
        {
            case GradientClipping.Value { Limit: var limit }:
                foreach (ref var mean in means)
                {
                    mean = float.Clamp(mean, -limit, limit);
                }
                break;
            case GradientClipping.Norm { Limit: var limit }:
                foreach (var slice in slices)
                {
                    var part = means.Slice(slice.Offset, slice.Length);
                    Scale(part, SquaresOf(part), limit);
                }
                break;
            case GradientClipping.GlobalNorm { Limit: var limit }:
                var squares = 0.0;
                foreach (var range in ranges.Where(r => r.Update.RateFactor > 0))
                {
                    squares += SquaresOf(means.Slice(range.Start, range.Length));
                }
                Scale(means, squares, limit);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"No kernel for {clipping}.");
        }
    }

    private static double SquaresOf(ReadOnlySpan<float> means)
    {
        var sum = 0.0;
        foreach (var mean in means)
        {
            sum += (double)mean * mean;
        }
        return sum;
    }

    private static void Scale(Span<float> means, double squares, float limit)
    {
        var norm = Math.Sqrt(squares);
        if (norm > limit)
        {
            var factor = (float)(limit / norm);
            foreach (ref var mean in means)
            {
                mean *= factor;
            }
        }
    }
}
