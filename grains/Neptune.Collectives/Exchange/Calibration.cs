using System.Diagnostics;

namespace Neptune.Collectives;

/// <summary>
/// The first exchanges of a new group: all ranks meet, measure both algorithms, agree on the slowest rank's times, and check
/// that they were given the same options.
/// </summary>
internal static class Calibration
{
    private const int SmallLength = 256;
    private const int LargeLengthTimesRanks = 256 * 1024;
    private const int SmallTries = 9;
    private const int LargeTries = 3;

    /// <summary>Runs on the joining thread; all ranks call it at the same time.</summary>
    public static void Run(LinkedCollective group, GroupOptions options, CancellationToken cancellation)
    {
        var ranks = group.WorldSize;
        var largeLength = Math.Max(16 * 1024, LargeLengthTimesRanks / ranks);
        var layout = group.Layout;
        var stallLimit = group.StallLimit;
        group.Layout = new(ranks, [.. Enumerable.Range(1, ranks)]); // so that ranks without shards take part
        group.StallLimit = options.JoinTimeout;
        var facts = new float[ranks * Facts];
        var own = facts.AsSpan(group.Rank * Facts, Facts);
        own[4] = (int)options.Algorithm;
        own[5] = options.ChunkBytes;
        group.IsSliced = _ => false;
        if (options.Algorithm == ExchangeAlgorithm.Auto)
        {
            var small = new float[SmallLength];
            var large = new float[largeLength];
            own[0] = Measure(group, small, false, SmallTries, cancellation);
            own[1] = Measure(group, small, true, SmallTries, cancellation);
            own[2] = Measure(group, large, false, LargeTries, cancellation);
            own[3] = Measure(group, large, true, LargeTries, cancellation);
            group.IsSliced = _ => false;
        }
        Exchange(group, facts, cancellation); // each rank's places are zero on all others
        for (var rank = 0; rank < ranks; rank++)
            CheckOptions(group, options, rank, facts.AsSpan(rank * Facts, Facts));
        var choice = new AlgorithmChoice(Slowest(0), Slowest(1), Slowest(2), Slowest(3), largeLength * sizeof(float));
        group.Layout = layout;
        group.StallLimit = stallLimit;
        group.IsSliced = options.Algorithm switch
        {
            ExchangeAlgorithm.Direct => _ => false,
            ExchangeAlgorithm.Sliced => _ => true,
            _ => length => choice.IsSliced(length, layout),
        };

        float Slowest(int fact) => Enumerable.Range(0, ranks).Max(rank => facts[(rank * Facts) + fact]);
    }

    private const int Facts = 6;

    private static float Measure(
        LinkedCollective group,
        float[] values,
        bool isSliced,
        int tries,
        CancellationToken cancellation
    )
    {
        group.IsSliced = _ => isSliced;
        var times = new float[tries];
        for (var i = 0; i < tries; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Exchange(group, values, cancellation);
            times[i] = (float)Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(times);
        return times[tries / 2];
    }

    private static void Exchange(LinkedCollective group, float[] values, CancellationToken cancellation)
    {
        group.Begin(group.WorldSize, [new PartialSum(new(group.Rank, group.Rank + 1), values)], values);
        group.Publish(0, values.Length);
        group.Complete(cancellation);
    }

    private static void CheckOptions(LinkedCollective group, GroupOptions options, int rank, ReadOnlySpan<float> facts)
    {
        if ((int)facts[4] == (int)options.Algorithm && (int)facts[5] == options.ChunkBytes)
            return;
        var problem =
            $"rank {rank} was given the algorithm {(ExchangeAlgorithm)(int)facts[4]} and chunks of {(int)facts[5]} bytes, "
            + $"rank {group.Rank} {options.Algorithm} and {options.ChunkBytes}: all ranks must have equal options.";
        group.Abort(problem);
        throw new CollectiveAbortedException(problem);
    }
}
