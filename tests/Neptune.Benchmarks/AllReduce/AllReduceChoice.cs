using Neptune.Collectives;

namespace Neptune.Benchmarks;

/// <summary>What the command <c>allreduce</c> is to measure.</summary>
internal sealed record AllReduceChoice
{
    private const int Kilo = 1024;
    private const int Mega = 1024 * 1024;

    public IReadOnlyList<LinkKind> Links { get; init; } = [LinkKind.Shared, LinkKind.Unix, LinkKind.Tcp];

    public IReadOnlyList<int> Processes { get; init; } = [2, 4];

    public ExchangeAlgorithm Algorithm { get; init; }

    public int ChunkBytes { get; init; } = new GroupOptions().ChunkBytes;

    public double SpinMicroseconds { get; init; } = new GroupOptions().Spin.TotalMicroseconds;

    /// <summary>4 KB to 128 MB.</summary>
    public long[] Sizes { get; init; } =
    [4 * Kilo, 16 * Kilo, 64 * Kilo, 256 * Kilo, 1 * Mega, 4 * Mega, 16 * Mega, 64 * Mega, 128 * Mega];

    /// <summary>Bytes to exchange for each size, about.</summary>
    public long Budget { get; init; } = 512L * Mega;
}
