namespace Neptune.Benchmarks;

/// <summary>What an import took.</summary>
/// <param name="Seconds">From the first byte to the model, in a process that has imported nothing before.</param>
/// <param name="PeakBytes">The most memory that the process had in RAM.</param>
/// <param name="WeightsSha256">What was imported.</param>
/// <param name="WeightsBytes">How much of it.</param>
internal sealed record ImportCost(double Seconds, long PeakBytes, string WeightsSha256, long WeightsBytes);
