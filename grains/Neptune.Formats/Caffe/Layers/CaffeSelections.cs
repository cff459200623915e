using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Layers that give a part of what they read, or a summary of it.</summary>
internal static class CaffeSelections
{
    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            new("ArgMax", "", "axis, top_k, out_max_val; without an axis over all of a sample")
            {
                Import = ArgMax,
                Message = "argmax_param",
            },
            new("Crop", "", "axis, offset")
            {
                Import = Crop,
                Message = "crop_param",
                Bottoms = (2, 2),
            },
            new("Reduction", "", "operation (SUM, ASUM, SUMSQ, MEAN), axis, coeff")
            {
                Import = Reduction,
                Message = "reduction_param",
            },
            new("Slice", "", "axis or slice_dim, slice_point")
            {
                Import = Slice,
                Message = "slice_param",
                MostTops = int.MaxValue,
            },
        ];

    private static void Slice(CaffeScope scope)
    {
        var shape = scope.ShapeOf();
        var axis = CaffeShapes.Axis(scope, "slice_dim", shape.Rank);
        var points = scope.Settings.Wholes("slice_point");
        if (scope.Tops == 1)
        {
            scope.Alias(0, scope.Input());
            return;
        }
        var length = scope.Length(shape, axis);
        if (points.Length == 0 && length % scope.Tops == 0)
        {
            points = [.. Enumerable.Range(1, scope.Tops - 1).Select(i => length / scope.Tops * i)];
        }
        long[] borders = [0, .. points, length];
        long[] parts = [.. borders.Zip(borders.Skip(1), (from, to) => to - from)];
        if (parts.Length != scope.Tops || parts.Any(part => part < 1))
        {
            throw scope.Error(
                $"it cuts axis {axis} of {shape} at ({string.Join(", ", points)}) into {scope.Tops} blobs. "
                    + "Give rising slice_point, one fewer than blobs, or equal parts."
            );
        }
        scope.FinishAll("Split", [scope.Input()], ("axis", (long)axis), ("split", parts));
    }

    private static void Crop(CaffeScope scope)
    {
        var (shape, reference) = (scope.ShapeOf(), scope.ShapeOf(1));
        var axis = scope.Axis("axis", shape.Rank);
        var offsets = scope.Settings.Wholes("offset");
        if (reference.Rank != shape.Rank || (offsets.Length > 1 && offsets.Length != shape.Rank - axis))
        {
            throw scope.Error(
                $"it cuts {shape} to {reference} from axis {axis} with {offsets.Length} offset. Give one, or one for each axis."
            );
        }
        var (starts, ends, axes) = (new List<long>(), new List<long>(), new List<long>());
        for (var i = axis; i < shape.Rank; i++)
        {
            var start = offsets.Length == 0 ? 0 : offsets[offsets.Length == 1 ? 0 : i - axis];
            var end = checked(start + scope.Length(reference, i));
            if (end > scope.Length(shape, i))
            {
                throw scope.Error($"it cuts elements {start} to {end} of axis {i}, and its input has shape {shape}.");
            }
            starts.Add(start);
            ends.Add(end);
            axes.Add(i);
        }
        scope.Finish(
            "Slice",
            [scope.Input()],
            ("starts", (long[])[.. starts]),
            ("ends", (long[])[.. ends]),
            ("axes", (long[])[.. axes])
        );
    }

    private static void Reduction(CaffeScope scope)
    {
        var shape = scope.ShapeOf();
        var axis = scope.Axis("axis", shape.Rank);
        var coefficient = scope.Settings.Real("coeff");
        var type = scope.Settings.Text("operation") switch
        {
            "ASUM" => "ReduceL1",
            "SUMSQ" => "ReduceSumSquare",
            "MEAN" => "ReduceMean",
            _ => "ReduceSum",
        };
        (string, AttributeValue)[] attributes =
        [
            ("axes", (long[])[.. Enumerable.Range(axis, shape.Rank - axis).Select(i => (long)i)]),
            ("keepdims", 0L),
        ];
        if (coefficient == 1)
        {
            scope.Finish(type, [scope.Input()], attributes);
            return;
        }
        var reduced = scope.Append("reduced", type, [scope.Input()], attributes);
        scope.Finish("Mul", [reduced, scope.Number("coeff", coefficient)]);
    }

    // Places are real numbers in Caffe; of equal elements the last wins.
    private static void ArgMax(CaffeScope scope)
    {
        var settings = scope.Settings;
        var shape = scope.ShapeOf();
        var (count, givesValues) = (settings.Whole("top_k"), settings.Flag("out_max_val"));
        if (settings.Has("axis"))
        {
            var axis = scope.Axis("axis", shape.Rank);
            var (values, places) = Top(scope, scope.Input(), axis, count, givesValues);
            scope.Finish("Identity", [givesValues ? values : places]);
            return;
        }
        if (shape.Rank < 1)
        {
            throw scope.Error("its input has no dimensions, and must have a batch.");
        }
        var rows = scope.Append("rows", "Flatten", [scope.Input()], ("axis", 1L));
        var (greatest, at) = Top(scope, rows, 1, count, givesValues);
        var both = givesValues ? scope.Append("both", "Concat", [at, greatest], ("axis", 1L)) : at;
        long[] target = [0, givesValues ? 2 : 1, count, .. Enumerable.Repeat(1L, Math.Max(0, shape.Rank - 3))];
        scope.Finish("Reshape", [both], ("shape", target));
    }

    private static (string Values, string Places) Top(
        CaffeScope scope,
        string value,
        int axis,
        long count,
        bool givesValues
    )
    {
        var length = scope.Length(scope.ShapeOf(value), axis);
        if (count < 1 || count > length)
        {
            throw scope.Error($"top_k is {count}, and must be from 1 to {length}, the elements there are.");
        }
        if (count > 1)
        {
            throw new CaffeRefusedException($"top_k is {count}; only the greatest element is known");
        }
        var places = scope.Append("places", "ArgMax", [value], ("axis", (long)axis), ("select_last_index", 1L));
        var values = givesValues ? scope.Append("values", "ReduceMax", [value], ("axes", (long[])[axis])) : "";
        return (values, scope.Append("numbers", "Cast", [places], ("to", "Float32")));
    }
}
