namespace Neptune.ModelGraph.Operations;

/// <summary>The places that a slice takes of an axis: Start, Start + Step, ...</summary>
/// <param name="Start">The first place.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Step">From one to the next; negative for backward.</param>
public readonly record struct SliceRange(long Start, long Count, long Step)
{
    /// <summary>
    /// The places of an axis of a length, as in NumPy: negative bounds count from the end, and all are clamped.
    /// </summary>
    public static SliceRange Of(long length, long start, long end, long step)
    {
        var (least, most) = step > 0 ? (0L, length) : (-1L, length - 1);
        var first = Math.Clamp(start < 0 ? start + length : start, least, most);
        var last = Math.Clamp(end < 0 ? end + length : end, least, most);
        var span = step > 0 ? last - first : first - last;
        // A step of the least 64-bit number has no positive counterpart.
        var by =
            step > 0 ? step
            : step == long.MinValue ? long.MaxValue
            : -step;
        return new(first, span <= 0 ? 0 : ((span - 1) / by) + 1, step);
    }
}
