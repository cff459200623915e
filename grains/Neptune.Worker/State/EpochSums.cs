using System.Collections.Immutable;

namespace Neptune.Worker;

/// <summary>Sums over an epoch's samples so far: equal on all ranks, as they come after the reduction.</summary>
internal sealed record EpochSums(double Loss, long Count, long Correct)
{
    /// <summary>Those of the metrics besides the accuracy (see <see cref="Torch.MetricSet"/>); none before the first step.</summary>
    public ImmutableArray<double> Metrics { get; init; } = [];
}
