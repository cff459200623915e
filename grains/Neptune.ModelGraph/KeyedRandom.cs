using System.Security.Cryptography;
using System.Text;

namespace Neptune.ModelGraph;

/// <summary>
/// Random numbers that are a pure function of a key, equal on every machine. The generator is SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
/// </summary>
public struct KeyedRandom
{
    private ulong _state;

    /// <summary>A generator that starts at <paramref name="key"/>.</summary>
    public KeyedRandom(ulong key) => _state = key;

    /// <summary>A key of a seed, a purpose and numbers: parts that differ give unrelated generators.</summary>
    public static ulong Key(ulong seed, string purpose, params ReadOnlySpan<long> parts)
    {
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(purpose));
        var key = Mix(seed ^ BitConverter.ToUInt64(name));
        foreach (var part in parts)
        {
            key = Mix(key + 0x9E3779B97F4A7C15UL + (ulong)part);
        }
        return key;
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>The next number in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next number in [0, <paramref name="bound"/>), without bias (Lemire, 2019).</summary>
    public long NextBelow(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var range = (ulong)bound;
        var high = Math.BigMul(NextUInt64(), range, out var low);
        if (low < range)
        {
            var threshold = (0UL - range) % range;
            while (low < threshold)
            {
                high = Math.BigMul(NextUInt64(), range, out low);
            }
        }
        return (long)high;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
