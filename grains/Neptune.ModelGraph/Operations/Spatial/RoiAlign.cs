using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Regions of images in one size: X (N, C, H, W), rois (R, 4) with x1, y1, x2, y2, batch_indices (R) says the image of
/// each; gives (R, C, output_height, output_width).
/// </summary>
internal sealed class RoiAlign : IOperationDefinition
{
    public string Type => "RoiAlign";

    public ImmutableArray<string> Inputs => ["X", "rois", "batch_indices"];

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Text("coordinate_transformation_mode"),
            AttributeDefinition.Text("mode"),
            AttributeDefinition.Int("output_height"),
            AttributeDefinition.Int("output_width"),
            AttributeDefinition.Int("sampling_ratio"),
            AttributeDefinition.Float("spatial_scale"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope[0].Type;
        if (!type.IsFloating() || scope[1].Type != type || !scope[2].Type.IsInteger())
        {
            throw scope.Error(
                $"X is {type}, rois is {scope[1].Type} and batch_indices is {scope[2].Type}. X and rois must have one "
                    + "floating-point type, and batch_indices whole numbers."
            );
        }
        var x = scope.ShapeOfRank(0, 4, "(N, C, H, W)");
        var rois = scope.ShapeOfRank(1, 2, "(R, 4)");
        var images = scope.ShapeOfRank(2, 1, "(R)");
        if (!rois[1].MayEqual(4) || !rois[0].MayEqual(images[0]))
        {
            throw scope.Error($"rois has shape {rois} and batch_indices {images}. They must be (R, 4) and (R).");
        }
        if (scope.Operation.Text("mode", "avg") is not ("avg" or "max") and var mode)
        {
            throw scope.Error($"mode is {mode}. Valid are avg and max.");
        }
        if (
            scope.Operation.Text("coordinate_transformation_mode", "half_pixel")
            is not ("half_pixel" or "output_half_pixel")
                and var coordinates
        )
        {
            throw scope.Error(
                $"coordinate_transformation_mode is {coordinates}. Valid are half_pixel and output_half_pixel."
            );
        }
        var (height, width) = (scope.Operation.Int("output_height", 1), scope.Operation.Int("output_width", 1));
        return height > 0 && width > 0 && scope.Operation.Int("sampling_ratio", 0) >= 0
            ? new(type, new(rois[0], x[1], height, width))
            : throw scope.Error(
                $"output_height is {height}, output_width {width}, sampling_ratio "
                    + $"{scope.Operation.Int("sampling_ratio", 0)}. The first two must be at least 1, the last at "
                    + "least 0."
            );
    }
}
