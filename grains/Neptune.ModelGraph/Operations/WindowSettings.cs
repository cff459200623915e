using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>The attributes of a sliding window, checked; one number for each length behind the channels.</summary>
internal sealed class WindowSettings
{
    private static readonly string[] AutoPads = ["NOTSET", "SAME_LOWER", "SAME_UPPER", "VALID"];

    private readonly Operation _operation;

    private WindowSettings(Operation operation, int rank, Shape? weight)
    {
        _operation = operation;
        Rank = rank;
        Kernel = weight is null
            ? Positive("kernel_shape", operation.Ints("kernel_shape"))
            : [.. weight.Dimensions.Skip(2).Select(d => d.Length)];
        var named = operation.Ints("kernel_shape");
        if (weight is not null && !named.IsEmpty && !Positive("kernel_shape", named).SequenceEqual(Kernel))
        {
            throw Error($"kernel_shape is ({string.Join(", ", named)}), and W has shape {weight}.");
        }
        ImmutableArray<long> ones = [.. Enumerable.Repeat(1L, rank)];
        Strides = Positive("strides", operation.Ints("strides", ones));
        Dilations = Positive("dilations", operation.Ints("dilations", ones));
        AutoPad = operation.Text("auto_pad", "NOTSET");
        if (!AutoPads.Contains(AutoPad))
        {
            throw Error($"auto_pad is {AutoPad}. {NearestNames.Offer(AutoPad, AutoPads)}");
        }
        var pads = operation.Ints("pads");
        if (!pads.IsEmpty && (pads.Length != 2 * rank || pads.Any(pad => pad < 0)))
        {
            throw Error(
                $"pads is ({string.Join(", ", pads)}), and must be {2 * rank} numbers from 0: "
                    + (rank == 2 ? "top, left, bottom, right." : "those before each length, then those behind each.")
            );
        }
        if (AutoPad != "NOTSET" && pads.Any(pad => pad != 0))
        {
            throw Error($"pads and auto_pad {AutoPad} cannot both be given. Leave one out.");
        }
        Pads = pads.IsEmpty ? [.. Enumerable.Repeat(0L, 2 * rank)] : pads;
        CeilMode = operation.Int("ceil_mode", 0) != 0;
    }

    public int Rank { get; }

    public ImmutableArray<long> Kernel { get; }

    public ImmutableArray<long> Strides { get; }

    public ImmutableArray<long> Dilations { get; }

    /// <summary>Before each length, then behind each.</summary>
    public ImmutableArray<long> Pads { get; }

    public string AutoPad { get; }

    public bool CeilMode { get; }

    /// <exception cref="GraphException">The attributes do not fit each other.</exception>
    public static WindowSettings Of(Operation operation, int rank, Shape? weight = null) =>
        new(operation, rank, weight);

    /// <summary>From the first to the last element under the window.</summary>
    public long Span(int axis) => checked(((Kernel[axis] - 1) * Dilations[axis]) + 1);

    /// <summary>The window along one axis.</summary>
    public WindowAxis Axis(int axis, long length) =>
        WindowAxis.Of(
            length,
            Kernel[axis],
            Strides[axis],
            Dilations[axis],
            Pads[axis],
            Pads[axis + Rank],
            AutoPad,
            CeilMode
        );

    /// <summary>True where an output is as long as its input, whatever that is.</summary>
    public bool KeepsLength(int axis) =>
        Strides[axis] == 1
        && (AutoPad.StartsWith("SAME", StringComparison.Ordinal) || Pads[axis] + Pads[axis + Rank] == Span(axis) - 1);

    public GraphException DoesNotFit(Shape x) =>
        Error(
            $"the window of {string.Join(" x ", Kernel)}, strides {Text(Strides)}, dilations {Text(Dilations)}, does "
                + "not "
                + $"fit into X of shape {x} with pads {Text(Pads)}. "
                + "Make the kernel smaller, or pad (auto_pad SAME_UPPER)."
        );

    public GraphException Error(string problem) => new($"Operation {_operation.Name} ({_operation.Type}): {problem}");

    private ImmutableArray<long> Positive(string name, ImmutableArray<long> values) =>
        values.Length == Rank && values.All(value => value > 0)
            ? values
            : throw Error(
                $"{name} is {Text(values)}, and must be {Rank} positive number{(Rank == 1 ? "" : "s")}"
                    + (Rank == 2 ? ": height, width." : ".")
            );

    private static string Text(IEnumerable<long> values) => $"({string.Join(", ", values)})";
}
