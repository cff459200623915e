using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>Which of a job's checkpoints are kept: the newest, the best, and one of every span of time. Pure.</summary>
internal sealed record CheckpointRetention
{
    /// <summary>So many of the newest, at least 1.</summary>
    public int Last
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentException($"last is {value}: keep at least 1.");
    } = 3;

    /// <summary>True keeps the one of the least metric, of equal ones the newest.</summary>
    public bool Best { get; init; } = true;

    /// <summary>Keeps one of every such span, beginning with the oldest; null keeps none for its age.</summary>
    public TimeSpan? Every
    {
        get;
        init =>
            field =
                value is null || value > TimeSpan.Zero
                    ? value
                    : throw new ArgumentException($"every is {value}: it must be longer than nothing.");
    }

    /// <summary>Those that are not kept, oldest first. Once they are gone, the rule keeps the rest.</summary>
    public ImmutableArray<CheckpointEntry> Surplus(IEnumerable<CheckpointEntry> checkpoints)
    {
        var ordered = checkpoints
            .OrderBy(c => c.Version.Step)
            .ThenBy(c => c.Version.Epoch)
            .ThenBy(c => c.At)
            .ThenBy(c => c.Artifact, StringComparer.Ordinal)
            .ToImmutableArray();
        var kept = ordered.TakeLast(Last).ToHashSet();
        if (Best && ordered.LastOrDefault(c => c.Metric == BestOf(ordered)) is { } best)
        {
            kept.Add(best);
        }
        kept.UnionWith(OneOfEach(ordered));
        return [.. ordered.Where(c => !kept.Contains(c))];
    }

    // NaN, where nothing was measured, equals nothing.
    private static double BestOf(ImmutableArray<CheckpointEntry> checkpoints) =>
        checkpoints.Select(c => c.Metric).OfType<double>().Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();

    private IEnumerable<CheckpointEntry> OneOfEach(ImmutableArray<CheckpointEntry> ordered)
    {
        DateTimeOffset? last = null;
        foreach (var checkpoint in ordered)
        {
            // A clock that was set back begins a new span.
            if (Every is { } every && (last is not { } from || checkpoint.At < from || checkpoint.At - from >= every))
            {
                last = checkpoint.At;
                yield return checkpoint;
            }
        }
    }
}
