using System.Collections.Immutable;
using Neptune.ModelGraph.Operations;

namespace Neptune.ModelGraph;

/// <summary>
/// The sliding window of a convolution or pooling over the lengths behind batch and channels, with <c>auto_pad</c>
/// worked out to numbers as the ONNX operators' pages define them.
/// </summary>
/// <param name="Axes">Outermost first: for images the height, then the width.</param>
/// <param name="CeilMode">True where output lengths were rounded up.</param>
public sealed record Window(ImmutableArray<WindowAxis> Axes, bool CeilMode)
{
    /// <summary>Along an image's height.</summary>
    public WindowAxis Vertical => Axes[0];

    /// <summary>Along an image's width.</summary>
    public WindowAxis Horizontal => Axes[1];

    /// <summary>The window of <paramref name="operation"/> over an input (N, C, ...).</summary>
    /// <param name="operation">Conv, MaxPool, AveragePool or LpPool.</param>
    /// <param name="x">The input's shape; lengths behind the channels are fixed.</param>
    /// <param name="weight">Conv's weight shape (M, C/group, ...), which names the kernel; null for pooling.</param>
    /// <exception cref="GraphException">The attributes do not fit each other or the input.</exception>
    public static Window Of(Operation operation, Shape x, Shape? weight = null)
    {
        var settings = WindowSettings.Of(operation, x.Rank - 2, weight);
        if (!x.Dimensions.Skip(2).All(d => d.IsFixed))
        {
            throw settings.Error($"X has shape {x}: lengths behind the channels must be fixed numbers.");
        }
        var axes = Enumerable
            .Range(0, settings.Rank)
            .Select(axis => settings.Axis(axis, x[axis + 2].Length))
            .ToImmutableArray();
        return axes.All(axis => axis.OutputLength > 0) ? new(axes, settings.CeilMode) : throw settings.DoesNotFit(x);
    }

    /// <summary>The output's lengths behind the channels; not known where an input's length is not.</summary>
    /// <exception cref="GraphException">The attributes do not fit each other or the input.</exception>
    internal static ImmutableArray<Dimension> Lengths(WindowSettings settings, Shape x)
    {
        var lengths = ImmutableArray.CreateBuilder<Dimension>(settings.Rank);
        for (var axis = 0; axis < settings.Rank; axis++)
        {
            var length = x[axis + 2];
            if (length.IsFixed)
            {
                var output = settings.Axis(axis, length.Length).OutputLength;
                lengths.Add(output > 0 ? output : throw settings.DoesNotFit(x));
            }
            else
            {
                lengths.Add(settings.KeepsLength(axis) ? length : Dimension.Unknown);
            }
        }
        return lengths.MoveToImmutable();
    }
}
