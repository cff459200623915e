namespace Neptune.Benchmarks;

/// <summary>How fast a group of processes trained a workload.</summary>
/// <param name="Workload">The model, and what a node and step takes.</param>
/// <param name="Contender">Who.</param>
/// <param name="SamplesPerSecond">Of all processes together, the median over blocks.</param>
/// <param name="Ratio">That by the independent plain pair's in the same run: the median over pairs of neighbouring blocks.</param>
/// <param name="OwnRatio">The same by its own independent pair's: what exchanging costs. Null for independent pairs.</param>
/// <param name="Target">What <paramref name="Ratio"/> is to reach; null where nothing is set.</param>
internal sealed record ScalingResult(
    string Workload,
    string Contender,
    double SamplesPerSecond,
    double Ratio,
    double? OwnRatio,
    double? Target
);
