using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Maxima and means of windows, and images of other sizes.</summary>
internal static class TensorFlowPooling
{
    private const string Settings = "ksize, strides, padding, explicit_paddings, data_format";

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of("MaxPool", call => Pool(call, "MaxPool", 2), Settings),
            .. TensorFlowOperator.Of("AvgPool", call => Pool(call, "AveragePool", 2), Settings),
            .. TensorFlowOperator.Of("MaxPool3D", call => Pool(call, "MaxPool", 3), Settings),
            .. TensorFlowOperator.Of("AvgPool3D", call => Pool(call, "AveragePool", 3), Settings),
            .. TensorFlowOperator.Of("ResizeBilinear", Bilinear, "known size; align_corners, half_pixel_centers"),
            .. TensorFlowOperator.Of("ResizeNearestNeighbor", Nearest, "known size; align_corners, half_pixel_centers"),
            .. TensorFlowOperator.Of("SpaceToDepth", SpaceToDepth, "block_size, data_format NHWC and NCHW"),
            .. TensorFlowOperator.Of("DepthToSpace", DepthToSpace, "block_size, data_format NHWC and NCHW"),
        ];

    private static TensorFlowValue Pool(TensorFlowCall call, string type, int lengths)
    {
        var window = new TensorFlowWindow(call, lengths);
        if (call.ShapeOf(0).Rank != lengths + 2)
        {
            throw new GraphException($"its input has shape {call.ShapeOf(0)}, and must have {lengths + 2} dimensions.");
        }
        ImmutableArray<(string, AttributeValue)> attributes =
        [
            ("kernel_shape", (long[])[.. window.Numbers("ksize")]),
            ("strides", (long[])[.. window.Numbers("strides")]),
            .. window.Padding(),
        ];
        return window.Value(call.Emit(type, [window.Input(0)], attributes.AsSpan()));
    }

    private static TensorFlowValue Bilinear(TensorFlowCall call) =>
        Resize(call, "linear", call.Flag("half_pixel_centers") ? "half_pixel" : "asymmetric", null);

    private static TensorFlowValue Nearest(TensorFlowCall call) =>
        Resize(
            call,
            "nearest",
            call.Flag("half_pixel_centers") ? "tf_half_pixel_for_nn" : "asymmetric",
            call.Flag("align_corners") ? "round_prefer_ceil" : "floor"
        );

    private static TensorFlowValue Resize(TensorFlowCall call, string mode, string coordinates, string? rounding)
    {
        if (call.ShapeOf(0).Rank != 4 || call.KnownNumbers(1, "lengths") is not [> 0 and var height, > 0 and var width])
        {
            throw new GraphException("it takes images (N, H, W, C), and a height and width greater than 0.");
        }
        var isBoth = call.Flag("align_corners") && call.Flag("half_pixel_centers");
        var x = call.Emitter.ChannelsFirst(call[0]);
        if (mode == "linear" && !call.TypeOf(0).IsFloating())
        {
            x = call.Emitter.Emit("Cast", $"{x}.real", [x], ("to", "Float32"));
        }
        ImmutableArray<(string, AttributeValue)> attributes =
        [
            ("mode", mode),
            ("axes", (long[])[2, 3]),
            ("sizes", (long[])[height, width]),
            ("coordinate_transformation_mode", call.Flag("align_corners") ? "align_corners" : coordinates),
            .. rounding is null ? ImmutableArray<(string, AttributeValue)>.Empty : [("nearest_mode", rounding)],
        ];
        return isBoth
            ? throw TensorFlowCall.Refuse("align_corners and half_pixel_centers are both true")
            : new TensorFlowValue.Computed(call.Emit("Resize", [x], attributes.AsSpan()), isChannelsFirst: true);
    }

    private static TensorFlowValue SpaceToDepth(TensorFlowCall call)
    {
        var window = new TensorFlowWindow(call, 2);
        return window.Value(call.Emit("SpaceToDepth", [window.Input(0)], ("blocksize", call.Int("block_size", 0))));
    }

    private static TensorFlowValue DepthToSpace(TensorFlowCall call)
    {
        var window = new TensorFlowWindow(call, 2);
        return window.Value(
            call.Emit("DepthToSpace", [window.Input(0)], ("blocksize", call.Int("block_size", 0)), ("mode", "DCR"))
        );
    }
}
