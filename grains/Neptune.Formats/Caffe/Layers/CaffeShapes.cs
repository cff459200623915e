using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Layers that lay elements out anew, or put blobs together.</summary>
internal static class CaffeShapes
{
    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            new("Concat", "", "axis or concat_dim")
            {
                Import = Concat,
                Message = "concat_param",
                Bottoms = (1, int.MaxValue),
            },
            new("Flatten", "", "axis, end_axis") { Import = Flatten, Message = "flatten_param" },
            new("Reshape", "", "shape with 0 and -1, axis, num_axes") { Import = Reshape, Message = "reshape_param" },
            new("Split", "", "") { Import = Split, MostTops = int.MaxValue },
            new("Tile", "", "axis, tiles") { Import = Tile, Message = "tile_param" },
        ];

    /// <summary>An axis by its name of today, or by its old one, which does not count from the end.</summary>
    public static int Axis(CaffeScope scope, string old, int rank)
    {
        if (!scope.Settings.Has(old))
        {
            return scope.Axis("axis", rank);
        }
        if (scope.Settings.Has("axis"))
        {
            throw scope.Error($"it has both axis and {old}. Keep one.");
        }
        return scope.Axis(old, rank);
    }

    private static void Concat(CaffeScope scope)
    {
        var axis = Axis(scope, "concat_dim", scope.ShapeOf().Rank);
        if (scope.Bottoms == 1)
        {
            scope.Alias(0, scope.Input());
            return;
        }
        scope.Finish("Concat", [.. Enumerable.Range(0, scope.Bottoms).Select(scope.Input)], ("axis", (long)axis));
    }

    private static void Split(CaffeScope scope)
    {
        for (var top = 0; top < scope.Tops; top++)
        {
            scope.Alias(top, scope.Input());
        }
    }

    private static void Tile(CaffeScope scope)
    {
        var shape = scope.ShapeOf();
        var axis = scope.Axis("axis", shape.Rank);
        var tiles = scope.Settings.Whole("tiles");
        if (tiles < 1)
        {
            throw scope.Error($"tiles is {tiles}, and must be at least 1.");
        }
        long[] repeats = [.. Enumerable.Range(0, shape.Rank).Select(i => i == axis ? tiles : 1)];
        scope.Finish("Tile", [scope.Input(), scope.Numbers("repeats", repeats)]);
    }

    private static void Flatten(CaffeScope scope)
    {
        var shape = scope.ShapeOf();
        var (first, last) = (scope.Axis("axis", shape.Rank), scope.Axis("end_axis", shape.Rank));
        if (last < first)
        {
            throw scope.Error($"end_axis is {last} and axis {first} of {shape}. The end must not come first.");
        }
        if (first == 1 && last == shape.Rank - 1)
        {
            scope.Finish("Flatten", [scope.Input()], ("axis", 1L));
            return;
        }
        Finish(scope, shape, first, last + 1, [-1]);
    }

    private static void Reshape(CaffeScope scope)
    {
        var (settings, shape) = (scope.Settings, scope.ShapeOf());
        var axis = settings.Whole("axis");
        var first = axis < 0 ? axis + shape.Rank + 1 : axis;
        var count = settings.Whole("num_axes");
        var end = count == -1 ? shape.Rank : first + count;
        if (first < 0 || first > shape.Rank || count < -1 || end > shape.Rank)
        {
            throw scope.Error($"axis is {axis} and num_axes {count}, which do not lie within its input {shape}.");
        }
        var lengths = settings.Message("shape").Wholes("dim");
        if (lengths.Any(length => length < -1) || lengths.Count(length => length == -1) > 1)
        {
            throw scope.Error($"shape is ({string.Join(", ", lengths)}). Lengths are at least 0, and one may be -1.");
        }
        // A first length that stood for the file's own batch copies any batch.
        if (
            first == 0
            && lengths is [> 0, ..]
            && lengths[0] == scope.FreedBatch
            && shape.Rank > 0
            && shape[0] == Dimension.Batch
        )
        {
            lengths[0] = 0;
        }
        Finish(scope, shape, (int)first, (int)end, lengths);
    }

    /// <summary>Puts other lengths in the place of some of the input's.</summary>
    private static void Finish(CaffeScope scope, Shape shape, int first, int end, long[] lengths)
    {
        var target = new List<long>();
        for (var i = 0; i < first; i++)
        {
            target.Add(0); // copies the length at the same place
        }
        foreach (var length in lengths)
        {
            if (length == 0 && target.Count >= shape.Rank)
            {
                throw scope.Error($"shape copies length {target.Count} of its input {shape}, which has none there.");
            }
            target.Add(length);
        }
        for (var i = end; i < shape.Rank; i++)
        {
            target.Add(target.Count == i ? 0 : scope.Length(shape, i));
        }
        scope.Finish("Reshape", [scope.Input()], ("shape", (long[])[.. target]));
    }
}
