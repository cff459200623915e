using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A tuple of a pickle.</summary>
/// <param name="Items">Its items: null, bool, long, double, text, bytes, or one of this folder's types.</param>
internal sealed record PickleTuple(ImmutableArray<object?> Items)
{
    /// <summary>The only tuple of no items.</summary>
    public static PickleTuple Empty { get; } = new([]);
}
