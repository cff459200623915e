using System.Collections.Immutable;

namespace Neptune.Torch;

/// <summary>What an evaluation adds up over samples.</summary>
/// <param name="LossSum">The loss in its unit, summed over the counted samples.</param>
/// <param name="Count">The samples that count for the loss.</param>
/// <param name="Correct">How many of them were classified right.</param>
/// <param name="Confusion">
/// K times K counts in C order, row the true class and column the predicted one; empty where there are no classes or
/// more than 256 of them.
/// </param>
/// <param name="Metrics">The sums of <see cref="MetricSet"/>; empty where there are none, or nothing was measured.</param>
public sealed record EvaluationSums(
    double LossSum,
    long Count,
    long Correct,
    ImmutableArray<long> Confusion,
    ImmutableArray<double> Metrics
)
{
    /// <summary>Sums of nothing.</summary>
    public static EvaluationSums Zero { get; } = new(0, 0, 0, [], []);

    /// <summary>The sums of two sets of samples together.</summary>
    public EvaluationSums Add(EvaluationSums other) =>
        new(
            LossSum + other.LossSum,
            Count + other.Count,
            Correct + other.Correct,
            Confusion.IsEmpty ? other.Confusion
                : other.Confusion.IsEmpty ? Confusion
                : [.. Confusion.Zip(other.Confusion, (a, b) => a + b)],
            Metrics.IsEmpty ? other.Metrics
                : other.Metrics.IsEmpty ? Metrics
                : [.. Metrics.Zip(other.Metrics, (a, b) => a + b)]
        );
}
