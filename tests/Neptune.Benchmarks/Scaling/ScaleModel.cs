namespace Neptune.Benchmarks;

/// <summary>
/// A model of a step's time with W ranks: t(W) = load · (compute + optimizer + cost · 2(W-1)/W · bytes) + latency(W). Load
/// is the ranks per core, at least 1. No overlap of exchange and computation is counted on.
/// </summary>
/// <param name="Compute">
/// Forward and backward passes and optimizer, in seconds a step: of the slowest rank, where several are in lockstep.
/// </param>
/// <param name="Bytes">Of the exchanged vector.</param>
/// <param name="Samples">Of one rank and step.</param>
internal sealed record ScaleModel(string Name, double Compute, double Bytes, int Samples)
{
    /// <summary>On one machine of so many cores.</summary>
    /// <param name="ranks">W.</param>
    /// <param name="cores">Of the machine.</param>
    /// <param name="secondsPerByte">Of a rank's processor for a byte that it must exchange, sums included.</param>
    /// <param name="latency">Of an all-reduce without work, at that W.</param>
    public double OnOneMachine(int ranks, int cores, double secondsPerByte, double latency) =>
        ranks == 1
            ? Compute
            : (Math.Max(1.0, (double)ranks / cores) * (Compute + (secondsPerByte * Moved(ranks)))) + latency;

    /// <summary>On machines of one rank each, joined by a network.</summary>
    /// <param name="ranks">W.</param>
    /// <param name="secondsPerByte">Of the rank's processor, as above.</param>
    /// <param name="bitsPerSecond">Of the network, each way.</param>
    /// <param name="trip">One way, in seconds.</param>
    /// <param name="perPeer">Of the rank's processor for one more peer, in seconds.</param>
    public double OnNetwork(int ranks, double secondsPerByte, double bitsPerSecond, double trip, double perPeer) =>
        Compute
        + Math.Max(secondsPerByte * Moved(ranks), Moved(ranks) * 8 / bitsPerSecond)
        + (2 * trip)
        + (2 * (ranks - 1) * perPeer);

    private double Moved(int ranks) => 2.0 * (ranks - 1) / ranks * Bytes;
}
