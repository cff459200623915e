using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Convolutions. Filters lie (height, width, channels, filters) in the file, and are laid out anew once.</summary>
internal static class TensorFlowConvolutions
{
    /// <summary>What stands before the operator's name where it is dilated by the nodes around it.</summary>
    public const string Dilated = "neptune.dilated_";

    private const string Settings = "strides, dilations, padding, explicit_paddings, data_format";
    private const string Trained = "the filters, and a bias that is added";

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of(
                "Conv2D",
                call => Convolution(call, 2),
                Settings + "; groups by the filters' channels",
                Trained
            ),
            .. TensorFlowOperator.Of("Conv3D", call => Convolution(call, 3), Settings, Trained),
            .. TensorFlowOperator.Of("DepthwiseConv2dNative", Depthwise, Settings, Trained),
            .. TensorFlowOperator.Of(
                "Conv2DBackpropInput",
                Transposed,
                "strides, padding, explicit_paddings, data_format; known output lengths",
                Trained
            ),
            .. TensorFlowOperator.Of(
                "_FusedConv2D",
                call => TensorFlowFused.Apply(call, 2, c => Convolution(c, 2)),
                Settings + "; fused_ops: BiasAdd, FusedBatchNorm and activations",
                Trained
            ),
            .. TensorFlowOperator.Of(
                "FusedDepthwiseConv2dNative _FusedDepthwiseConv2dNative",
                call => TensorFlowFused.Apply(call, 2, Depthwise),
                Settings + "; fused_ops: BiasAdd and activations",
                Trained
            ),
        ];

    /// <summary>Operators that patterns make.</summary>
    public static IEnumerable<TensorFlowOperator> Patterns =>
        [
            .. TensorFlowOperator.Of(Dilated + "Conv2D", call => BetweenSpaces(call, c => Convolution(c, 2))),
            .. TensorFlowOperator.Of(Dilated + "DepthwiseConv2dNative", call => BetweenSpaces(call, Depthwise)),
        ];

    private static TensorFlowValue Convolution(TensorFlowCall call, int lengths)
    {
        var window = new TensorFlowWindow(call, lengths);
        var filters = call.ShapeOf(1);
        if (filters.Rank != lengths + 2)
        {
            throw new GraphException($"its filters have shape {filters}, and must have {lengths + 2} dimensions.");
        }
        var order = (int[])[lengths + 1, lengths, .. Enumerable.Range(0, lengths)];
        var weight = Filters(call, order, shape: null);
        var x = call.ShapeOf(0);
        if (x.Rank != lengths + 2)
        {
            throw new GraphException($"its input has shape {x}, and must have {lengths + 2} dimensions.");
        }
        var channels = x[window.IsFirst ? 1 : -1];
        var group =
            channels.IsFixed && filters[lengths] is { IsFixed: true, Length: > 0 } own
                ? channels.Length / own.Length
                : 1;
        return Emit(call, window, weight, filters[lengths + 1], [("group", Math.Max(1, group))]);
    }

    private static TensorFlowValue Depthwise(TensorFlowCall call)
    {
        var window = new TensorFlowWindow(call, 2);
        var filters = call.ShapeOf(1);
        if (filters.Rank != 4 || !filters.IsFixed)
        {
            throw new GraphException($"its filters have shape {filters}, and must have 4 known dimensions.");
        }
        var (channels, times) = (filters[2].Length, filters[3].Length);
        // Filter m of channel c is filter c * times + m of a convolution in groups of one channel.
        var shape = Shape.Of(channels * times, 1, filters[0].Length, filters[1].Length);
        return Emit(call, window, Filters(call, [2, 3, 0, 1], shape), shape[0], [("group", channels)]);
    }

    private static TensorFlowValue Transposed(TensorFlowCall call)
    {
        var window = new TensorFlowWindow(call, 2);
        var sizes = Sizes(call[0], window.IsFirst ? 2 : 1);
        var filters = call.ShapeOf(1);
        if (filters.Rank != 4)
        {
            throw new GraphException($"its filters have shape {filters}, and must have 4 dimensions.");
        }
        var dilations = window.Numbers("dilations");
        var isExplicit = call.Text("padding", "") == "EXPLICIT";
        if (isExplicit)
        {
            throw TensorFlowCall.Refuse("padding is EXPLICIT; SAME and VALID are known here");
        }
        _ = window.Padding();
        var weight = Filters(call, [3, 2, 0, 1], shape: null, input: 1);
        var own = call.WithInputs([call[2], call[1], .. call.Inputs.Skip(3)]);
        return Emit(
            own,
            new TensorFlowWindow(own, 2),
            weight,
            filters[2],
            [
                ("output_shape", (long[])[.. sizes]),
                // An output longer than the windows reach ends in zeros, as in VALID.
                ("auto_pad", "SAME_UPPER"),
            ],
            "ConvTranspose"
        );
    }

    private static ImmutableArray<long> Sizes(TensorFlowValue value, int first)
    {
        var numbers = value switch
        {
            TensorFlowValue.Constant constant => TensorFlowNumbers.Of(constant.Value) is { Count: 4 } all
                ? [all.Whole(first), all.Whole(first + 1)]
                : [],
            TensorFlowValue.Lengths { Elements: { Length: 4 } elements }
                when elements[first].Symbol is null && elements[first + 1].Symbol is null =>
            [
                elements[first].Number,
                elements[first + 1].Number,
            ],
            _ => ImmutableArray<long>.Empty,
        };
        return numbers.Length == 2
            ? numbers
            : throw TensorFlowCall.Refuse("its output's height and width are known only when the graph runs");
    }

    private static string Filters(TensorFlowCall call, int[] order, Shape? shape, int input = 1)
    {
        if (call[input] is TensorFlowValue.Constant constant)
        {
            return call.Emitter.Weight(constant, "kernel", isTrained: true, order, shape, isLayer: true);
        }
        var name = call.Emitter.Emit(
            "Transpose",
            $"{call.Name}.filters",
            [call.Emitter.Plain(call[input])],
            ("perm", (long[])[.. order.Select(i => (long)i)])
        );
        return shape is null
            ? name
            : call.Emitter.Emit("Reshape", $"{name}.reshaped", [name], ("shape", shape.ToArray()));
    }

    private static TensorFlowValue Emit(
        TensorFlowCall call,
        TensorFlowWindow window,
        string weight,
        Dimension filters,
        ImmutableArray<(string, AttributeValue)> attributes,
        string type = "Conv"
    )
    {
        var bias = call.Inputs.Length > 2 ? call[2] : null;
        var own = (bias is null || window.IsFirst ? bias : TensorFlowVectors.Of(bias)) as TensorFlowValue.Constant;
        var isOwn = own?.Value.Shape is { Rank: 1 } length && length[0] == filters;
        ImmutableArray<string> inputs =
        [
            window.Input(0),
            weight,
            .. isOwn
                ? [call.Emitter.Weight(own!, "bias", isTrained: true, isLayer: true)]
                : ImmutableArray<string>.Empty,
        ];
        ImmutableArray<(string, AttributeValue)> all =
        [
            ("strides", (long[])[.. window.Numbers("strides")]),
            ("dilations", (long[])[.. window.Numbers("dilations")]),
            .. type == "Conv" ? window.Padding() : [],
            .. attributes,
        ];
        var value = window.Value(call.Emit(type, inputs, all.AsSpan()));
        return bias is null || isOwn ? value : TensorFlowElementwise.AddBias(call, value, bias, window.IsFirst);
    }

    // x is padded, dealt out to block * block smaller images, convolved, put together, and cut: the convolution is dilated by
    // block, and padded by what is left of the padding.
    private static TensorFlowValue BetweenSpaces(TensorFlowCall call, Func<TensorFlowCall, TensorFlowValue> layer)
    {
        var block = call.KnownNumbers(2, "block shape");
        var pads = call.KnownNumbers(3, "paddings");
        var crops = call.KnownNumbers(4, "crops");
        var window = new TensorFlowWindow(call, 2);
        if (
            block.Length != 2
            || pads.Length != 4
            || crops.Length != 4
            || window.IsFirst
            || call.Text("padding", "") != "VALID"
            || window.Numbers("strides").Any(s => s != 1)
            || window.Numbers("dilations").Any(d => d != 1)
        )
        {
            throw TensorFlowCall.Refuse(
                "between SpaceToBatchND and BatchToSpaceND only VALID convolutions of images in NHWC are known"
            );
        }
        long[] left = [pads[0] - crops[0], pads[1] - crops[1], pads[2] - crops[2], pads[3] - crops[3]];
        if (left.Any(pad => pad < 0))
        {
            throw TensorFlowCall.Refuse("BatchToSpaceND cuts more than SpaceToBatchND padded");
        }
        var attributes = new Dictionary<string, TensorFlowAttribute>(StringComparer.Ordinal)
        {
            ["dilations"] = new() { Ints = [1, .. block, 1] },
            ["padding"] = new() { Text = "EXPLICIT" },
            ["explicit_paddings"] = new() { Ints = [0, 0, .. left, 0, 0] },
        };
        return layer(call.With(attributes, [call[0], call[1], .. call.Inputs.Skip(5)]));
    }
}
