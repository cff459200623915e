using System.Collections.Immutable;
using Neptune.ModelGraph;
using Neptune.ModelGraph.Operations;

namespace Neptune.Formats;

/// <summary>
/// What a StridedSlice takes, with its masks worked out
/// (https://www.tensorflow.org/api_docs/python/tf/strided_slice).
/// </summary>
/// <param name="Starts">The first place of each axis of the input.</param>
/// <param name="Ends">The place behind the last; <see cref="long.MaxValue"/> and <see cref="long.MinValue"/> for all.</param>
/// <param name="Steps">From one to the next.</param>
/// <param name="Dropped">The axes of the input that the output lacks.</param>
/// <param name="Added">The axes of the output that are new, of length 1.</param>
internal sealed record TensorFlowSlices(
    ImmutableArray<long> Starts,
    ImmutableArray<long> Ends,
    ImmutableArray<long> Steps,
    ImmutableArray<int> Dropped,
    ImmutableArray<int> Added
)
{
    /// <summary>Works it out.</summary>
    /// <param name="call">A StridedSlice.</param>
    /// <param name="rank">How many axes the input has.</param>
    public static TensorFlowSlices Of(TensorFlowCall call, int rank)
    {
        var begin = call.KnownNumbers(1, "begins");
        var end = call.KnownNumbers(2, "ends");
        var step = call.KnownNumbers(3, "strides");
        if (begin.Length != end.Length || begin.Length != step.Length || step.Contains(0))
        {
            throw new GraphException("its begin, end and strides must have as many numbers, and no stride of 0.");
        }
        bool Has(string mask, int place) => place < 64 && ((call.Int(mask, 0) >> place) & 1) != 0;
        var places = Enumerable.Range(0, begin.Length).ToArray();
        var taken = places.Count(p => !Has("new_axis_mask", p) && !Has("ellipsis_mask", p));
        if (taken > rank || places.Count(p => Has("ellipsis_mask", p)) > 1)
        {
            throw new GraphException($"it cuts {taken} axes of an input of {rank}, or has more than one ellipsis.");
        }
        var starts = Enumerable.Repeat(0L, rank).ToArray();
        var ends = Enumerable.Repeat(long.MaxValue, rank).ToArray();
        var steps = Enumerable.Repeat(1L, rank).ToArray();
        var (dropped, added) = (ImmutableArray.CreateBuilder<int>(), ImmutableArray.CreateBuilder<int>());
        var (axis, output) = (0, 0);
        foreach (var place in places)
        {
            if (Has("ellipsis_mask", place))
            {
                (axis, output) = (axis + rank - taken, output + rank - taken);
            }
            else if (Has("new_axis_mask", place))
            {
                added.Add(output++);
            }
            else
            {
                steps[axis] = step[place];
                starts[axis] = begin[place];
                if (Has("shrink_axis_mask", place))
                {
                    steps[axis] = 1;
                    ends[axis] = begin[place] == -1 ? long.MaxValue : begin[place] + 1;
                    dropped.Add(axis++);
                    continue;
                }
                starts[axis] =
                    !Has("begin_mask", place) ? begin[place]
                    : step[place] > 0 ? 0
                    : long.MaxValue;
                ends[axis] =
                    !Has("end_mask", place) ? end[place]
                    : step[place] > 0 ? long.MaxValue
                    : long.MinValue;
                axis++;
                output++;
            }
        }
        return new([.. starts], [.. ends], [.. steps], dropped.ToImmutable(), added.ToImmutable());
    }

    /// <summary>The places that are taken of an axis of some length.</summary>
    public SliceRange Range(int axis, long length) =>
        SliceRange.Of(length, Bounded(Starts[axis], length), Bounded(Ends[axis], length), Steps[axis]);

    private static long Bounded(long place, long length) => Math.Clamp(place, -length - 1, length + 1);
}
