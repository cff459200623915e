namespace Neptune.Data;

/// <summary>
/// A small generator whose numbers are the same on every machine: SplitMix64 (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014).
/// </summary>
internal struct SplitMix64
{
    private ulong _state;

    public SplitMix64(long seed, long stream)
    {
        _state = Mix(unchecked((ulong)seed + 0x9E3779B97F4A7C15));
        _state = Mix(_state ^ unchecked((ulong)stream * 0xD1342543DE82EF95));
    }

    public ulong Next() => Mix(_state = unchecked(_state + 0x9E3779B97F4A7C15));

    /// <summary>A number of [0, bound), each equally likely: values of the incomplete last run are drawn again.</summary>
    public long Below(long bound)
    {
        var range = (ulong)bound;
        var reject = (ulong.MaxValue % range) + 1;
        if (reject == range)
            reject = 0;
        ulong value;
        do value = Next();
        while (value > ulong.MaxValue - reject);
        return (long)(value % range);
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
