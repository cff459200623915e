using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>What a <see cref="CheckpointRetention"/> does not keep. Pure.</summary>
internal static class CheckpointSurplus
{
    /// <summary>Those that are not kept, oldest first. Once they are gone, the rule keeps the rest.</summary>
    public static ImmutableArray<CheckpointEntry> Surplus(
        this CheckpointRetention rule,
        IEnumerable<CheckpointEntry> checkpoints
    )
    {
        var ordered = checkpoints
            .OrderBy(c => c.Version.Step)
            .ThenBy(c => c.Version.Epoch)
            .ThenBy(c => c.At)
            .ThenBy(c => c.Artifact, StringComparer.Ordinal)
            .ToImmutableArray();
        var kept = ordered.TakeLast(rule.Last).ToHashSet();
        if (rule.Best && ordered.LastOrDefault(c => c.Metric == BestOf(ordered)) is { } best)
        {
            kept.Add(best);
        }
        kept.UnionWith(OneOfEach(rule.Every, ordered));
        return [.. ordered.Where(c => !kept.Contains(c))];
    }

    // NaN, where nothing was measured, equals nothing.
    private static double BestOf(ImmutableArray<CheckpointEntry> checkpoints) =>
        checkpoints.Select(c => c.Metric).OfType<double>().Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();

    private static IEnumerable<CheckpointEntry> OneOfEach(TimeSpan? every, ImmutableArray<CheckpointEntry> ordered)
    {
        if (every is not { } span)
        {
            yield break;
        }
        DateTimeOffset? last = null;
        foreach (var checkpoint in ordered)
        {
            // A clock that was set back begins a new span.
            if (last is not { } from || checkpoint.At < from || checkpoint.At - from >= span)
            {
                last = checkpoint.At;
                yield return checkpoint;
            }
        }
    }
}
