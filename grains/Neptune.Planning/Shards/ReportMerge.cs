using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>Merges reports on their way up the tree of ShardGrains. Merging is associative.</summary>
public static class ReportMerge
{
    /// <summary>What two neighbouring parts say together.</summary>
    /// <param name="left">The part with the lower ranks.</param>
    /// <param name="right">The part that begins where the left one ends.</param>
    public static ShardReport Merge(ShardReport left, ShardReport right) =>
        left with
        {
            RankCount = left.RankCount + right.RankCount,
            Ready = left.Ready + right.Ready,
            Ended = left.Ended + right.Ended,
            Step = Math.Min(left.Step, right.Step),
            TotalSteps = Math.Max(left.TotalSteps, right.TotalSteps),
            Samples = left.Samples + right.Samples,
            Seconds = Math.Max(left.Seconds, right.Seconds),
            Times = left.Times + right.Times,
            // Loss, accuracy, epochs, package and where the generation began come after the reduction: equal on all ranks, so rank 0 speaks.
            WeightsSha256 = [.. left.WeightsSha256.Union(right.WeightsSha256).Order(StringComparer.Ordinal)],
            Stopped = left.Stopped || right.Stopped,
            Failures = [.. left.Failures.Concat(right.Failures).OrderBy(f => f.IsConsequence)],
            PauseSeconds = left.PauseSeconds ?? right.PauseSeconds,
            DatasetSha256 = left.DatasetSha256.Length > 0 ? left.DatasetSha256 : right.DatasetSha256,
        };

    /// <summary>What is said of ranks that have not spoken yet.</summary>
    public static ShardReport Silent(JobId job, int generation, int firstRank, int rankCount) =>
        new()
        {
            Job = job,
            Generation = generation,
            FirstRank = firstRank,
            RankCount = rankCount,
        };
}
