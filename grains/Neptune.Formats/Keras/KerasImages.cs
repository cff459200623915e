using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Layers that bring images to a height and a width.</summary>
internal static class KerasImages
{
    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("Resizing", Resize) with
        {
            Trained = "nothing to train",
            Remarks =
                "interpolations other than nearest and bilinear, antialias, and keeping another aspect ratio by crop or pad are refused",
        },
        KerasLayerDefinition.Of("CenterCrop", Crop) with
        {
            Trained = "nothing to train",
            Remarks = "images that are smaller are refused",
        },
    ];

    // Pixels are areas: the middle of the first lies half a pixel from the edge, before and after.
    private static KerasValue Resize(KerasScope scope)
    {
        var (input, isLast) = (scope.InputOfRank(4), scope.IsChannelsLast());
        var config = scope.Config;
        var (height, width) = (config.Count("height"), config.Count("width"));
        var interpolation = config.Text("interpolation", "bilinear").ToLowerInvariant();
        if (interpolation is not ("nearest" or "bilinear"))
        {
            throw scope.Refused($"interpolation {interpolation} is not known");
        }
        if (config.Bool("antialias", false))
        {
            throw scope.Refused("antialias is not known");
        }
        var (rows, columns) = Lengths(scope, input, isLast);
        var keeps = config.Bool("crop_to_aspect_ratio", false) || config.Bool("pad_to_aspect_ratio", false);
        config.Ignore("fill_mode", "fill_value");
        if (keeps && rows * width != columns * height)
        {
            throw scope.Refused(
                $"images of {rows} times {columns} have another aspect ratio than {height} times {width}, which it would keep"
            );
        }
        var isNearest = interpolation == "nearest";
        return scope.FromChannelsSecond(
            scope.Append(
                "Resize",
                [scope.ChannelsSecond(input, isLast)],
                ("axes", new long[] { 2, 3 }),
                ("coordinate_transformation_mode", "half_pixel"),
                ("mode", isNearest ? "nearest" : "linear"),
                ("nearest_mode", "round_prefer_ceil"),
                ("sizes", new[] { height, width })
            ),
            isLast
        );
    }

    private static KerasValue Crop(KerasScope scope)
    {
        var (input, isLast) = (scope.InputOfRank(4), scope.IsChannelsLast());
        var (height, width) = (scope.Config.Count("height"), scope.Config.Count("width"));
        var (rows, columns) = Lengths(scope, input, isLast);
        if (rows < height || columns < width)
        {
            throw scope.Refused($"images of {rows} times {columns} are smaller than {height} times {width}");
        }
        var (top, left) = ((rows - height) / 2, (columns - width) / 2);
        return scope.FromChannelsSecond(
            scope.Append(
                "Slice",
                [scope.ChannelsSecond(input, isLast)],
                ("axes", new long[] { 2, 3 }),
                ("starts", new[] { top, left }),
                ("ends", new[] { top + height, left + width })
            ),
            isLast
        );
    }

    private static (long Rows, long Columns) Lengths(KerasScope scope, KerasValue input, bool isLast) =>
        isLast ? (scope.Length(input, 1), scope.Length(input, 2)) : (scope.Length(input, 2), scope.Length(input, 3));
}
