using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>Neighbouring elements of the flat weights that are updated alike.</summary>
/// <param name="Start">The first.</param>
/// <param name="Length">How many, gaps included.</param>
/// <param name="Update">How.</param>
internal sealed record UpdateRange(int Start, int Length, ParameterUpdate Update)
{
    private static readonly ParameterUpdate Plain = new();

    /// <summary>All elements in order; one range where no parameter is trained unlike the others.</summary>
    public static ImmutableArray<UpdateRange> Of(
        FlatLayout layout,
        ImmutableSortedDictionary<string, ParameterUpdate> updates
    )
    {
        var ranges = ImmutableArray.CreateBuilder<UpdateRange>();
        for (var i = 0; i < layout.Slices.Length; i++)
        {
            var (start, end) = (layout.Slices[i].Offset, layout.EndOf(i));
            var update = updates.GetValueOrDefault(layout.Slices[i].Parameter.Name, Plain);
            if (ranges.Count > 0 && ranges[^1].Update == update)
            {
                ranges[^1] = ranges[^1] with { Length = end - ranges[^1].Start };
            }
            else
            {
                ranges.Add(new(start, end - start, update));
            }
        }
        return ranges.ToImmutable();
    }
}
