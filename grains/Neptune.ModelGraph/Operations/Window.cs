namespace Neptune.ModelGraph;

/// <summary>
/// The sliding window of Conv, MaxPool or AveragePool over (height, width), with <c>auto_pad</c> worked out to
/// numbers as the ONNX operators' pages define them.
/// </summary>
/// <param name="Vertical">Along the height.</param>
/// <param name="Horizontal">Along the width.</param>
/// <param name="CeilMode">True where the output length was rounded up.</param>
public sealed record Window(WindowAxis Vertical, WindowAxis Horizontal, bool CeilMode)
{
    private static readonly string[] AutoPads = ["NOTSET", "SAME_LOWER", "SAME_UPPER", "VALID"];

    /// <summary>The window of <paramref name="operation"/> over an input (N, C, H, W).</summary>
    /// <param name="operation">Conv, MaxPool or AveragePool.</param>
    /// <param name="x">The input's shape; height and width are fixed.</param>
    /// <param name="weight">Conv's weight shape (M, C/group, kH, kW), which names the kernel; null for pooling.</param>
    /// <exception cref="GraphException">The attributes do not fit each other or the input.</exception>
    public static Window Of(Operation operation, Shape x, Shape? weight = null)
    {
        var kernel = weight is null
            ? Pair(operation, "kernel_shape", operation.Ints("kernel_shape"))
            : (weight[2].Length, weight[3].Length);
        var named = operation.Ints("kernel_shape");
        if (weight is not null && !named.IsEmpty && Pair(operation, "kernel_shape", named) != kernel)
        {
            throw Error(operation, $"kernel_shape is ({string.Join(", ", named)}), and W has shape {weight}.");
        }
        var strides = Pair(operation, "strides", operation.Ints("strides", 1, 1));
        var dilations = Pair(operation, "dilations", operation.Ints("dilations", 1, 1));
        var pads = operation.Ints("pads");
        var auto = operation.Text("auto_pad", "NOTSET");
        if (!AutoPads.Contains(auto))
        {
            throw Error(operation, $"auto_pad is {auto}. {NearestNames.Offer(auto, AutoPads)}");
        }
        if (!pads.IsEmpty && (pads.Length != 4 || pads.Any(pad => pad < 0)))
        {
            throw Error(
                operation,
                $"pads is ({string.Join(", ", pads)}), and must be 4 numbers from 0: top, left, bottom, right."
            );
        }
        if (auto != "NOTSET" && pads.Any(pad => pad != 0))
        {
            throw Error(operation, $"pads and auto_pad {auto} cannot both be given. Leave one out.");
        }
        var (top, left, bottom, right) = pads.IsEmpty ? (0, 0, 0, 0) : (pads[0], pads[1], pads[2], pads[3]);
        if (!x[2].IsFixed || !x[3].IsFixed)
        {
            throw Error(operation, $"X has shape {x}: height and width must be fixed numbers.");
        }
        var ceil = operation.Int("ceil_mode", 0) != 0;
        var vertical = WindowAxis.Of(
            x[2].Length,
            kernel.Item1,
            strides.Item1,
            dilations.Item1,
            top,
            bottom,
            auto,
            ceil
        );
        var horizontal = WindowAxis.Of(
            x[3].Length,
            kernel.Item2,
            strides.Item2,
            dilations.Item2,
            left,
            right,
            auto,
            ceil
        );
        return vertical.OutputLength > 0 && horizontal.OutputLength > 0
            ? new(vertical, horizontal, ceil)
            : throw Error(
                operation,
                $"the window of {kernel.Item1} x {kernel.Item2}, strides {strides}, dilations {dilations}, does not fit "
                    + $"into X of shape {x} with pads ({top}, {left}, {bottom}, {right}). "
                    + "Make the kernel smaller, or pad (auto_pad SAME_UPPER)."
            );
    }

    private static (long, long) Pair(Operation operation, string name, IReadOnlyList<long> values) =>
        values.Count == 2 && values[0] > 0 && values[1] > 0
            ? (values[0], values[1])
            : throw Error(
                operation,
                $"{name} is ({string.Join(", ", values)}), and must be 2 positive numbers: height, width."
            );

    private static GraphException Error(Operation operation, string problem) =>
        new($"Operation {operation.Name} ({operation.Type}): {problem}");
}
