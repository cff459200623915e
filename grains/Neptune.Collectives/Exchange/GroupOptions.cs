namespace Neptune.Collectives;

/// <summary>How a group exchanges. All ranks of a group must have equal ones.</summary>
public sealed record GroupOptions
{
    /// <summary>Forces a kind of link. Default: the fastest that two ranks can have.</summary>
    public LinkKind Link { get; init; }

    /// <summary>Forces an algorithm. Default: what was measured to be faster.</summary>
    public ExchangeAlgorithm Algorithm { get; init; }

    /// <summary>Bytes of a vector that travel, and are added, at a time: a multiple of 64. Default 256 KiB.</summary>
    public int ChunkBytes { get; init; } = 256 * 1024;

    /// <summary>How long all ranks may take to meet. Default 30 seconds.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a peer that is waited for may neither take nor send a byte; then the group ends. It must be well above the
    /// time of the slowest rank's step. Default 5 minutes.
    /// </summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes the system keeps for each direction of a link. Default 4 MiB, of which the system may grant less.</summary>
    public int BufferBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// How long a rank looks again and again for bytes before it lets the system wake it, where the host has a core for
    /// each of its ranks. Default 50 µs.
    /// </summary>
    public TimeSpan Spin { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <exception cref="ArgumentException">A field is wrong; the message names it.</exception>
    internal void Check()
    {
        if (ChunkBytes is < 1024 or > 16 * 1024 * 1024 || ChunkBytes % 64 != 0)
            throw new ArgumentException(
                $"ChunkBytes is {ChunkBytes}: a multiple of 64 from 1,024 to 16,777,216 is possible."
            );
        if (StallLimit <= TimeSpan.Zero)
            throw new ArgumentException($"StallLimit is {StallLimit}: it must be above zero.");
        if (JoinTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"JoinTimeout is {JoinTimeout}: it must be above zero.");
    }
}
