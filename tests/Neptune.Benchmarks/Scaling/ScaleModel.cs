namespace Neptune.Benchmarks;

/// <summary>
/// A model of a step's time with W ranks: t(W) = compute(W) + exchange(W, bytes). Both are measured apart from each other, and no
/// overlap of the two is counted on.
/// </summary>
/// <param name="Compute">Forward and backward passes and optimizer of one rank alone, in seconds a step.</param>
/// <param name="Bytes">Of the exchanged vector.</param>
/// <param name="Samples">Of one rank and step.</param>
internal sealed record ScaleModel(string Name, double Compute, double Bytes, int Samples)
{
    /// <summary>On one machine.</summary>
    /// <param name="besideOthers">A step's seconds where so many ranks compute side by side, without exchange.</param>
    /// <param name="exchange">All-reduces of so many ranks, without computation.</param>
    public double OnOneMachine(double besideOthers, ExchangeCosts exchange) => besideOthers + exchange.SecondsOf(Bytes);

    /// <summary>On machines of one rank each, joined by a network.</summary>
    /// <param name="ranks">W.</param>
    /// <param name="pair">All-reduces of two ranks: for those, 2(W-1)/W is 1.</param>
    /// <param name="bitsPerSecond">Of the network, each way.</param>
    /// <param name="trip">One way, in seconds.</param>
    public double OnNetwork(int ranks, ExchangeCosts pair, double bitsPerSecond, double trip)
    {
        var moved = 2.0 * (ranks - 1) / ranks;
        var processor = moved * (pair.SecondsOf(Bytes) - pair.Latency);
        return Compute
            + Math.Max(processor, moved * Bytes * 8 / bitsPerSecond)
            + (2 * trip)
            + (2 * (ranks - 1) * pair.Latency / 2);
    }
}
