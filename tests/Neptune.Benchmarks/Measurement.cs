namespace Neptune.Benchmarks;

/// <summary>How fast one contender trained one workload.</summary>
/// <param name="Workload">The model and its batch.</param>
/// <param name="Contender">Who.</param>
/// <param name="SamplesPerSecond">The median over blocks.</param>
/// <param name="BestSamplesPerSecond">The fastest block's.</param>
/// <param name="Loss">The last mean loss: contenders learn alike.</param>
internal sealed record Measurement(
    string Workload,
    string Contender,
    double SamplesPerSecond,
    double BestSamplesPerSecond,
    double Loss
);
