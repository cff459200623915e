using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>TorchScript's operators on images (N, C, H, W).</summary>
internal static class ScriptWindows
{
    public static object? Convolution(ScriptCall call)
    {
        if (call.Flag(6, "transposed", false))
        {
            throw ScriptCall.Unsupported("is transposed");
        }
        return Conv(call, call.Int(8, "groups", 1));
    }

    public static object? Conv2d(ScriptCall call) => Conv(call, call.Int(6, "groups", 1));

    public static object? MaxPool(ScriptCall call)
    {
        var kernel = call.Pair(1, "kernel_size", []);
        return call.Append(
            "MaxPool",
            [call.Tensor(0, "input").Name],
            ("ceil_mode", call.Flag(5, "ceil_mode", false) ? 1L : 0L),
            ("dilations", call.Pair(4, "dilation", [1, 1])),
            ("kernel_shape", kernel),
            ("pads", Pads(call, 3)),
            ("strides", call.Pair(2, "stride", kernel))
        );
    }

    public static object? AveragePool(ScriptCall call)
    {
        if (call.Get(6, "divisor_override") is not null)
        {
            throw ScriptCall.Unsupported("has a divisor of its own");
        }
        var kernel = call.Pair(1, "kernel_size", []);
        return call.Append(
            "AveragePool",
            [call.Tensor(0, "input").Name],
            ("ceil_mode", call.Flag(4, "ceil_mode", false) ? 1L : 0L),
            ("count_include_pad", call.Flag(5, "count_include_pad", true) ? 1L : 0L),
            ("kernel_shape", kernel),
            ("pads", Pads(call, 3)),
            ("strides", call.Pair(2, "stride", kernel))
        );
    }

    public static object? AdaptiveAveragePool(ScriptCall call)
    {
        var input = call.Tensor(0, "input");
        var shape = call.ShapeOfRank(input, 4);
        var wanted = call.Pair(1, "output_size", []);
        if (wanted is [1, 1])
        {
            return call.Append("GlobalAveragePool", [input.Name]);
        }
        // Windows are all of one size only where the sizes divide.
        if (
            wanted is not [> 0, > 0]
            || !shape[2].IsFixed
            || !shape[3].IsFixed
            || shape[2].Length % wanted[0] != 0
            || shape[3].Length % wanted[1] != 0
        )
        {
            throw ScriptCall.Unsupported(
                $"makes ({string.Join(", ", wanted)}) of an image {shape}, which it is no multiple of"
            );
        }
        long[] kernel = [shape[2].Length / wanted[0], shape[3].Length / wanted[1]];
        return call.Append("AveragePool", [input.Name], ("kernel_shape", kernel), ("strides", kernel));
    }

    public static object? Mean(ScriptCall call)
    {
        var input = call.Tensor(0, "input");
        var rank = call.ShapeOfRank(input, 4).Rank;
        if (
            !call.Ints(1, "dim").Select(axis => call.Axis(axis, rank)).Order().SequenceEqual([2, 3])
            || call.Get(3, "dtype") is not null
        )
        {
            throw ScriptCall.Unsupported("is not over height and width");
        }
        var means = call.Append("GlobalAveragePool", [input.Name]);
        return call.Flag(2, "keepdim", false) ? means : call.Append("Flatten", [means.Name], ("axis", 1L));
    }

    private static ScriptTensor Conv(ScriptCall call, long groups)
    {
        var input = call.Tensor(0, "input");
        var weight = call.RequiredParameter(1, "weight");
        var lengths = weight.Tensor.Lengths;
        if (lengths.Length != 4 || weight.Transposed)
        {
            throw ScriptCall.Unsupported("is not over two dimensions");
        }
        var area = (double)lengths[2] * lengths[3];
        List<string> operands =
        [
            input.Name,
            call.Graph.Declare(
                weight,
                new Initializer.GlorotUniform(Saturated(area * lengths[1]), Saturated(area * lengths[0]))
            ),
        ];
        if (call.Parameter(2, "bias") is { } bias)
        {
            operands.Add(call.Graph.Declare(bias, Initializer.Zeros));
        }
        call.ShapeOfRank(input, 4);
        return call.Append(
            "Conv",
            operands,
            ("dilations", call.Pair(5, "dilation", [1, 1])),
            ("group", groups),
            ("kernel_shape", new[] { lengths[2], lengths[3] }),
            ("pads", Pads(call, 4)),
            ("strides", call.Pair(3, "stride", [1, 1]))
        );
    }

    private static long Saturated(double count) => count < long.MaxValue / 2 ? (long)count : long.MaxValue / 2;

    private static long[] Pads(ScriptCall call, int place)
    {
        var pads = call.Pair(place, "padding", [0, 0]);
        return [pads[0], pads[1], pads[0], pads[1]];
    }
}
