using Neptune.Collectives;

namespace Neptune.Benchmarks;

/// <summary>How long one all-reduce took, next to the plain copy of as many bytes over a socket of the same kind.</summary>
/// <param name="Link">The kind of socket.</param>
/// <param name="Processes">The number of ranks, each a process.</param>
/// <param name="Bytes">Of the vector.</param>
/// <param name="MedianMicroseconds">One all-reduce: the median over blocks of calls.</param>
/// <param name="BestMicroseconds">The fastest block's.</param>
/// <param name="CpuMicroseconds">Processor time of one rank for one all-reduce, the mean.</param>
/// <param name="RawMedianMicroseconds">From the first byte sent by one process to the last received by another.</param>
/// <param name="RawBestMicroseconds">The fastest copy's.</param>
internal sealed record AllReduceResult(
    LinkKind Link,
    int Processes,
    long Bytes,
    double MedianMicroseconds,
    double BestMicroseconds,
    double CpuMicroseconds,
    double RawMedianMicroseconds,
    double RawBestMicroseconds
)
{
    /// <summary>Bytes that each rank must send at least, by time: 2(n-1)/n · bytes/s.</summary>
    public double BusGigabytesPerSecond => 2.0 * (Processes - 1) / Processes * Bytes / MedianMicroseconds / 1e3;

    public double RawGigabytesPerSecond => Bytes / RawMedianMicroseconds / 1e3;

    /// <summary>The bus bandwidth by the plain copy's.</summary>
    public double Ratio => BusGigabytesPerSecond / RawGigabytesPerSecond;

    /// <summary>The same for the fastest of each: what other processes on the machine disturb less.</summary>
    public double BestRatio => 2.0 * (Processes - 1) / Processes * RawBestMicroseconds / BestMicroseconds;
}
