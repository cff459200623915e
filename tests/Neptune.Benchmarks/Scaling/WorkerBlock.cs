namespace Neptune.Benchmarks;

/// <summary>What a worker says of a block of steps. Times are seconds, all steps together.</summary>
internal sealed record WorkerBlock(double Seconds, double Loss, string WeightsSha256)
{
    /// <summary>Of the exchanged vector.</summary>
    public double ExchangeBytes { get; init; }

    public double Compute { get; init; }

    public double Send { get; init; }

    public double Receive { get; init; }

    public double Sum { get; init; }

    public double Wait { get; init; }

    public double Optimizer { get; init; }
}
