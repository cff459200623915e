namespace Neptune.Benchmarks;

/// <summary>
/// A model of a step's time with W ranks: t(W) = compute(W) + exchange(W, bytes). Both are measured apart from each other, and no
/// overlap of the two is counted on. Computing is measured in lockstep, so that it has in it what ranks cost each other that
/// share cores and memory, and that the slowest counts; with it the trip of the smallest exchange, which is taken off again.
/// </summary>
/// <param name="Compute">Forward and backward passes and optimizer of one rank alone, in seconds a step.</param>
/// <param name="Bytes">Of the exchanged vector.</param>
/// <param name="Samples">Of one rank and step.</param>
/// <param name="Exchange">All-reduces without computation: of as many ranks as are asked about, or of a pair on a network.</param>
internal sealed record ScaleModel(string Name, double Compute, double Bytes, int Samples, ExchangeCosts Exchange)
{
    /// <summary>On one machine.</summary>
    /// <param name="lockstep">A step's seconds where so many ranks compute each for itself and wait for each other.</param>
    public double OnOneMachine(double lockstep) => lockstep + Exchange.SecondsOf(Bytes) - Exchange.Latency;

    /// <summary>On machines of one rank each, joined by a network, from the exchanges of a pair: for it, 2(W-1)/W is 1.</summary>
    /// <param name="ranks">W.</param>
    /// <param name="bitsPerSecond">Of the network, each way.</param>
    /// <param name="trip">One way, in seconds.</param>
    public double OnNetwork(int ranks, double bitsPerSecond, double trip)
    {
        var moved = 2.0 * (ranks - 1) / ranks;
        var processor = moved * (Exchange.SecondsOf(Bytes) - Exchange.Latency);
        return Compute
            + Math.Max(processor, moved * Bytes * 8 / bitsPerSecond)
            + (2 * trip)
            + (2 * (ranks - 1) * Exchange.Latency / 2);
    }
}
