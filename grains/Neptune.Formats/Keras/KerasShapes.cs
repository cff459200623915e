using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Layers that move, repeat, cut or pad elements.</summary>
internal static class KerasShapes
{
    private static readonly ImmutableArray<(string, int)> Ranks = [("1D", 1), ("2D", 2), ("3D", 3)];

    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("Flatten", Flatten),
        KerasLayerDefinition.Of("Reshape", Reshape),
        KerasLayerDefinition.Of("Permute", Permute),
        KerasLayerDefinition.Of("RepeatVector", RepeatVector),
        .. Ranks.Select(r => KerasLayerDefinition.Of($"ZeroPadding{r.Item1}", s => Pad(s, r.Item2))),
        .. Ranks.Select(r => KerasLayerDefinition.Of($"Cropping{r.Item1}", s => Crop(s, r.Item2))),
        .. Ranks.Select(r =>
            KerasLayerDefinition.Of($"UpSampling{r.Item1}", s => UpSample(s, r.Item2)) with
            {
                Remarks = r.Item2 == 2 ? "interpolations other than nearest and bilinear are refused" : "",
            }
        ),
    ];

    // Images with channels first are put in the other order before, so that a Dense layer's weights fit both.
    private static KerasValue Flatten(KerasScope scope)
    {
        var input = scope.Input;
        var isChannelsLast = scope.IsChannelsLast();
        if (input.Shape.Rank < 3)
        {
            return input.Shape.Rank == 2
                ? input
                : scope.Graph.FromPlain(
                    scope.Append("Unsqueeze", [scope.Graph.Plain(input)], ("axes", new long[] { 1 }))
                );
        }
        var plain = scope.Graph.Plain(input);
        if (!isChannelsLast)
        {
            long[] order = [0, .. Enumerable.Range(2, input.Shape.Rank - 2).Select(i => (long)i), 1];
            plain = scope.Then("channels_last", "Transpose", [plain], ("perm", order));
        }
        return scope.Graph.FromPlain(scope.Append("Flatten", [plain]));
    }

    private static KerasValue Reshape(KerasScope scope)
    {
        // TensorFlow.js writes null for what is left.
        var target = scope.Config.IntList("target_shape", ofNull: -1) ?? [];
        if (target.Any(n => n is 0 or < -1) || target.Count(n => n == -1) > 1)
        {
            throw scope.Config.Error($"target_shape is ({string.Join(", ", target)})");
        }
        return scope.Graph.FromPlain(
            scope.Append(
                "Reshape",
                [scope.Graph.Plain(scope.Input)],
                ("shape", new AttributeValue.Ints([0, .. target]))
            )
        );
    }

    // Dimensions behind the batch, counted from 1.
    private static KerasValue Permute(KerasScope scope)
    {
        var order = scope.Config.IntList("dims") ?? [];
        return order.Order().SequenceEqual(Enumerable.Range(1, scope.Input.Shape.Rank - 1).Select(i => (long)i))
            ? scope.Graph.FromPlain(
                scope.Append(
                    "Transpose",
                    [scope.Graph.Plain(scope.Input)],
                    ("perm", new AttributeValue.Ints([0, .. order]))
                )
            )
            : throw scope.Config.Error($"dims is ({string.Join(", ", order)}), for an input of {scope.Input.Shape}");
    }

    private static KerasValue RepeatVector(KerasScope scope)
    {
        var input = scope.InputOfRank(2);
        var times = scope.Config.Count("n");
        var row = scope.Then("row", "Unsqueeze", [scope.Graph.Plain(input)], ("axes", new long[] { 1 }));
        return scope.Graph.FromPlain(
            scope.Append("Expand", [row, scope.Graph.Numbers($"{scope.Name}.times", 1, times, 1)])
        );
    }

    private static KerasValue Pad(KerasScope scope, int lengths)
    {
        var (input, isLast) = (scope.FloatInput, IsLast(scope));
        var pairs = Pairs(scope, "padding", lengths);
        var pads = new long[2 * (lengths + 2)];
        foreach (var (i, (begin, end)) in pairs.Index())
        {
            var axis = Axis(input, i, isLast);
            (pads[axis], pads[axis + lengths + 2]) = (begin, end);
        }
        return scope.Untracked(input, scope.Append("Pad", [input.Made], ("pads", pads), ("value", 0f)));
    }

    private static KerasValue Crop(KerasScope scope, int lengths)
    {
        var (input, isLast) = (scope.Input, IsLast(scope));
        var pairs = Pairs(scope, "cropping", lengths);
        var axes = Enumerable.Range(0, lengths).Select(i => (long)Axis(input, i, isLast)).ToArray();
        return scope.Untracked(
            input,
            scope.Append(
                "Slice",
                [input.Made],
                ("starts", pairs.Select(p => p.Begin).ToArray()),
                ("ends", pairs.Select(p => p.End == 0 ? long.MaxValue : -p.End).ToArray()),
                ("axes", axes)
            )
        );
    }

    private static KerasValue UpSample(KerasScope scope, int lengths)
    {
        var (input, isLast) = (scope.FloatInput, IsLast(scope));
        var factors = scope.Config.Ints("size", lengths, 1);
        var interpolation = scope.Config.Text("interpolation", "nearest");
        if (interpolation is not ("nearest" or "bilinear"))
        {
            throw scope.Refused($"interpolation {interpolation} is not known");
        }
        var isNearest = interpolation == "nearest";
        // Only the nearest neighbours are the same in any order of dimensions.
        var value = isNearest ? input.Made : scope.ChannelsSecond(input, isLast);
        var scales = Enumerable.Repeat(1f, lengths + 2).ToArray();
        for (var i = 0; i < lengths; i++)
        {
            scales[isNearest ? Axis(input, i, isLast) : i + 2] = factors[i];
        }
        var result = scope.Append(
            "Resize",
            [value],
            ("coordinate_transformation_mode", isNearest ? "asymmetric" : "half_pixel"),
            ("mode", isNearest ? "nearest" : "linear"),
            ("nearest_mode", "floor"),
            ("scales", new AttributeValue.Floats([.. scales]))
        );
        return isNearest ? scope.Untracked(input, result) : scope.FromChannelsSecond(result, isLast);
    }

    // Layers over sequences have no such setting in Keras 2.
    private static bool IsLast(KerasScope scope) => scope.IsChannelsLast();

    // The place of the i-th length in the form in which the value was made.
    private static int Axis(KerasValue value, int i, bool isLast) => value.AxisMade(isLast ? i + 1 : i + 2);

    // One number for all, one for each length, or two for each.
    private static ImmutableArray<(long Begin, long End)> Pairs(KerasScope scope, string setting, int lengths)
    {
        _ = scope.InputOfRank(lengths + 2);
        var numbers = scope.Config.RealList(setting)?.Select(n => (long)n).ToArray() ?? [];
        ImmutableArray<(long, long)> pairs =
            numbers.Length == 1 ? [.. Enumerable.Repeat((numbers[0], numbers[0]), lengths)]
            : lengths > 1 && numbers.Length == lengths ? [.. numbers.Select(n => (n, n))]
            : numbers.Length == 2 * lengths ? [.. numbers.Chunk(2).Select(pair => (pair[0], pair[1]))]
            : [];
        return !pairs.IsEmpty && numbers.All(n => n is >= 0 and <= int.MaxValue)
            ? pairs
            : throw scope.Config.Error($"{setting} is ({string.Join(", ", numbers)}), for {lengths} lengths");
    }
}
