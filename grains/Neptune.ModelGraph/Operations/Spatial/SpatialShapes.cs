namespace Neptune.ModelGraph.Operations;

/// <summary>What operators over images, sequences and volumes ask of their inputs.</summary>
internal static class SpatialShapes
{
    /// <summary>The shape of X: batch, channels, and one to three lengths.</summary>
    public static Shape Image(this OperationScope scope, int most = 3)
    {
        var x = scope.Shape(0);
        return x.Rank >= 3 && x.Rank - 2 <= most
            ? x
            : throw scope.Error(
                $"{scope.NameOf(0)} has shape {x}, and must be (N, C, H, W), or have another number of lengths from 1 "
                    + $"to {most} "
                    + "behind batch and channels."
            );
    }

    /// <summary>The shape of W, which has as many dimensions as X.</summary>
    public static Shape Filters(this OperationScope scope, Shape x)
    {
        var w = scope.Shape(1);
        if (w.Rank != x.Rank)
        {
            throw scope.Error($"W has shape {w}, and must have as many dimensions as X of shape {x}.");
        }
        return w.IsFixed && w.Dimensions.All(d => d.Length > 0)
            ? w
            : throw scope.Error($"W has shape {w}, and must have fixed lengths greater than 0.");
    }

    /// <summary>Throws unless the bias has one value for each of <paramref name="count"/> channels.</summary>
    public static void CheckBias(this OperationScope scope, int input, long count, Shape w)
    {
        if (scope.Has(input) && !scope.Shape(input).MayEqual(Shape.Of(count)))
        {
            throw scope.Error($"B has shape {scope.Shape(input)}, and must be ({count},): W has shape {w}.");
        }
    }
}
