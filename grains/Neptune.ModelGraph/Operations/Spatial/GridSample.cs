using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// X (N, C, H, W) or (N, C, D, H, W) read at places: grid (N, h, w, 2) or (N, d, h, w, 3) has x, y (and z) from -1 to
/// 1.
/// </summary>
internal sealed class GridSample : IOperationDefinition
{
    private static readonly string[] Modes = ["bicubic", "bilinear", "cubic", "linear", "nearest"];
    private static readonly string[] Paddings = ["border", "reflection", "zeros"];

    public string Type => "GridSample";

    public ImmutableArray<string> Inputs => ["X", "grid"];

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Int("align_corners"),
            AttributeDefinition.Text("mode"),
            AttributeDefinition.Text("padding_mode"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope.FloatingType();
        var x = scope.Image();
        var grid = scope.Shape(1);
        _ = scope.Flag("align_corners");
        var mode = scope.Operation.Text("mode", "linear");
        if (!Modes.Contains(mode))
        {
            throw scope.Error($"mode is {mode}. {NearestNames.Offer(mode, Modes)}");
        }
        var padding = scope.Operation.Text("padding_mode", "zeros");
        if (!Paddings.Contains(padding))
        {
            throw scope.Error($"padding_mode is {padding}. {NearestNames.Offer(padding, Paddings)}");
        }
        if (x.Rank < 4 || (x.Rank == 5 && mode.EndsWith("cubic", StringComparison.Ordinal)))
        {
            throw scope.Error(
                $"X has shape {x}, and must be (N, C, H, W), or with mode linear or nearest (N, C, D, H, W)."
            );
        }
        if (grid.Rank != x.Rank || !grid[-1].MayEqual(x.Rank - 2) || !grid[0].MayEqual(x[0]))
        {
            throw scope.Error(
                $"grid has shape {grid}, and must have {x.Rank} dimensions, the first of them {x[0]}, the last "
                    + $"{x.Rank - 2}: "
                    + $"X has shape {x}."
            );
        }
        return new(type, new([x[0], x[1], .. grid.Dimensions[1..^1]]));
    }
}
