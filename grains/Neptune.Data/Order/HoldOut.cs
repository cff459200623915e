namespace Neptune.Data;

/// <summary>Sets samples aside, by a seed.</summary>
public static class HoldOut
{
    // No epoch has this number: what is held out does not follow the order of any.
    private const long Stream = -1;

    /// <summary>
    /// Splits the numbers 0 to <paramref name="count"/> - 1 in two, both in ascending order. The second has
    /// floor(count · fraction) of them.
    /// </summary>
    /// <param name="count">The number of samples.</param>
    /// <param name="fraction">The share to hold out, at least 0 and below 1: 0.1 for a tenth.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="DatasetException">The fraction is out of range.</exception>
    public static (long[] Kept, long[] HeldOut) Split(int count, double fraction, long seed)
    {
        if (!(fraction >= 0 && fraction < 1))
        {
            throw new DatasetException(
                $"The share to hold out is {fraction}. Give a number from 0 to below 1, such as 0.1 for a tenth."
            );
        }
        var order = EpochOrder.Permutation(seed, Stream, count);
        var heldOut = (int)(count * fraction);
        var kept = order[heldOut..];
        var held = order[..heldOut];
        Array.Sort(kept);
        Array.Sort(held);
        return (kept, held);
    }
}
