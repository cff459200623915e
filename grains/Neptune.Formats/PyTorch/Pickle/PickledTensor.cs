using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A tensor as a pickle describes it: a view of a storage. Nothing of it is checked against the storage yet.</summary>
/// <param name="Storage">Where its elements lie.</param>
/// <param name="Type">What an element is.</param>
/// <param name="Offset">The first element.</param>
/// <param name="Lengths">The shape; none is negative.</param>
/// <param name="Strides">How many elements lie between neighbours along each dimension; none is negative.</param>
internal sealed record PickledTensor(
    PickledStorage Storage,
    ElementType Type,
    long Offset,
    ImmutableArray<long> Lengths,
    ImmutableArray<long> Strides
);
