namespace Neptune.Data;

/// <summary>In which order an epoch takes the samples: a pure function of seed and epoch, the same on every machine.</summary>
public static class EpochOrder
{
    /// <summary>The numbers 0 to <paramref name="count"/> - 1: shuffled (Fisher and Yates), or in order.</summary>
    /// <param name="seed">The job's seed.</param>
    /// <param name="epoch">From 0; each has its own order.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="shuffle">False gives them in order.</param>
    public static long[] Permutation(long seed, long epoch, int count, bool shuffle = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new long[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        if (!shuffle)
            return order;
        var random = new SplitMix64(seed, epoch);
        for (var i = count - 1; i > 0; i--)
        {
            var other = random.Below(i + 1L);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }
}
