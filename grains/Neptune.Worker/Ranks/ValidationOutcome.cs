using System.Collections.Immutable;

namespace Neptune.Worker;

/// <summary>What a pass over the validation samples found.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Accuracy">The share of right answers.</param>
/// <param name="Metrics">The metrics besides the accuracy, by name.</param>
internal sealed record ValidationOutcome(
    double Loss,
    double Accuracy,
    ImmutableArray<(string Name, double Value)> Metrics
);
