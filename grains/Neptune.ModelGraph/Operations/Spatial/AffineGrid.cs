using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// The places that an affine map gives for an image of <c>size</c> (N, C, H, W) or (N, C, D, H, W): theta (N, 2, 3) or
/// (N, 3, 4) to a grid as GridSample takes it.
/// </summary>
internal sealed class AffineGrid : IOperationDefinition
{
    public string Type => "AffineGrid";

    public ImmutableArray<string> Inputs => ["theta", "size"];

    public ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Int("align_corners")];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope[0].Type;
        if (!type.IsFloating() || scope[1].Type != ElementType.Int64)
        {
            throw scope.Error($"theta is {type} and size is {scope[1].Type}. Give floating point and Int64.");
        }
        _ = scope.Flag("align_corners");
        var theta = scope.ShapeOfRank(0, 3, "(N, 2, 3) or (N, 3, 4)");
        var is2D = theta[1].MayEqual(2) && theta[2].MayEqual(3);
        if (!is2D && !(theta[1].MayEqual(3) && theta[2].MayEqual(4)))
        {
            throw scope.Error($"theta has shape {theta}, and must be (N, 2, 3) or (N, 3, 4).");
        }
        var size = scope.ShapeOfRank(1, 1, "a vector (N, C, H, W) or (N, C, D, H, W)");
        var known = scope.Known(1);
        if (known is null)
        {
            return new(
                type,
                size[0].IsFixed
                    ? new([theta[0], .. Enumerable.Repeat(Dimension.Unknown, (int)size[0].Length - 1)])
                    : Shape.Unknown
            );
        }
        var lengths = known.Elements;
        return lengths.Length == (is2D ? 4 : 5)
            ? new(type, new([theta[0], .. lengths[2..].Select(e => e.AsDimension()), is2D ? 2 : 3]))
            : throw scope.Error(
                $"size has {lengths.Length} numbers, and theta has shape {theta}. Give {(is2D ? 4 : 5)}."
            );
    }
}
