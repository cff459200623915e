using System.Collections.Immutable;
using Neptune.ModelGraph.Operations;

namespace Neptune.ModelGraph;

/// <summary>
/// Where the windows of a ConvTranspose lie in its output, with auto_pad and output_shape worked out to numbers.
/// </summary>
/// <param name="Axes">Outermost first, behind batch and channels.</param>
public sealed record TransposedWindow(ImmutableArray<TransposedAxis> Axes)
{
    /// <summary>The windows of <paramref name="operation"/>.</summary>
    /// <param name="operation">A ConvTranspose.</param>
    /// <param name="x">The input's shape (N, C, ...); lengths behind the channels are fixed.</param>
    /// <param name="weight">The weight's shape (C, M/group, ...).</param>
    /// <exception cref="GraphException">The attributes do not fit each other or the input.</exception>
    public static TransposedWindow Of(Operation operation, Shape x, Shape weight)
    {
        var settings = WindowSettings.Of(operation, x.Rank - 2, weight);
        if (!x.Dimensions.Skip(2).All(d => d.IsFixed))
        {
            throw settings.Error($"X has shape {x}: lengths behind the channels must be fixed numbers.");
        }
        return new([.. Enumerable.Range(0, settings.Rank).Select(a => Axis(operation, settings, a, x[a + 2].Length))]);
    }

    /// <summary>The output's lengths behind the channels; not known where an input's length is not.</summary>
    internal static ImmutableArray<Dimension> Lengths(Operation operation, WindowSettings settings, Shape x)
    {
        var given = Numbers(operation, settings, "output_shape");
        return
        [
            .. Enumerable
                .Range(0, settings.Rank)
                .Select(axis =>
                    x[axis + 2].IsFixed
                        ? Dimension.Fixed(Axis(operation, settings, axis, x[axis + 2].Length).OutputLength)
                    : given.IsEmpty ? Dimension.Unknown
                    : Dimension.Fixed(given[axis])
                ),
        ];
    }

    private static TransposedAxis Axis(Operation operation, WindowSettings settings, int axis, long length)
    {
        var given = Numbers(operation, settings, "output_shape");
        var more = Numbers(operation, settings, "output_padding");
        var stride = settings.Strides[axis];
        checked
        {
            var full = length == 0 ? 0 : ((length - 1) * stride) + settings.Span(axis);
            var extra = more.IsEmpty ? 0 : more[axis];
            var isSame = settings.AutoPad.StartsWith("SAME", StringComparison.Ordinal);
            if (given.IsEmpty && !isSame)
            {
                var output = full + extra - settings.Pads[axis] - settings.Pads[axis + settings.Rank];
                return output > 0 || length == 0
                    ? Of(settings.Pads[axis], Math.Max(0, output))
                    : throw settings.Error(
                        $"pads are ({string.Join(", ", settings.Pads)}), which leave nothing of an output of {full} "
                            + "elements. "
                            + "Pad less."
                    );
            }
            var wanted = given.IsEmpty ? length * stride : given[axis];
            var cut = full + extra - wanted;
            var begin = settings.AutoPad == "SAME_UPPER" ? cut / 2 : cut - (cut / 2);
            return Of(Math.Max(0, begin), wanted);
        }

        TransposedAxis Of(long begin, long output) =>
            new(length, settings.Kernel[axis], stride, settings.Dilations[axis], begin, output);
    }

    private static ImmutableArray<long> Numbers(Operation operation, WindowSettings settings, string name)
    {
        var numbers = operation.Ints(name);
        // Some tools write batch and channels too.
        var own = numbers.Length == settings.Rank + 2 ? numbers[2..] : numbers;
        return own.IsEmpty || (own.Length == settings.Rank && own.All(n => n >= 0))
            ? own
            : throw settings.Error(
                $"{name} is ({string.Join(", ", numbers)}), and must be {settings.Rank} numbers from 0."
            );
    }
}
