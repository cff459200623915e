using System.Diagnostics;

namespace Neptune.Collectives;

/// <summary>
/// The first exchanges of a new group: all ranks meet, measure both algorithms, agree on the slowest rank's times, and check
/// that they were given the same options.
/// </summary>
internal static class Calibration
{
    private const int SmallLength = 256;
    private const int LargeLengthTimesRanks = 1024 * 1024;
    private const int SmallTries = 9;
    private const int LargeTries = 3;

    /// <summary>Runs on the joining thread; all ranks call it at the same time.</summary>
    public static void Run(LinkedCollective group, GroupOptions options, CancellationToken cancellation)
    {
        var ranks = group.WorldSize;
        var largeLength = Math.Max(16 * 1024, LargeLengthTimesRanks / ranks);
        var layout = group.Layout;
        var stallLimit = group.StallLimit;
        group.Layout = ExchangeLayout.OfRanks(ranks); // so that ranks without shards take part
        group.StallLimit = options.JoinTimeout;
        var facts = new float[ranks * Facts];
        var own = facts.AsSpan(group.Rank * Facts, Facts);
        own[3] = (int)options.Algorithm;
        own[4] = options.ChunkBytes;
        group.IsSliced = _ => false;
        if (options.Algorithm == ExchangeAlgorithm.Auto)
        {
            var small = new float[SmallLength];
            var large = new float[largeLength];
            own.Slice(0, 3).Fill(float.MaxValue);
            for (var i = 0; i < SmallTries; i++)
                Measure(group, small, false, ref own[0], cancellation);
            for (var i = 0; i < LargeTries; i++)
            {
                Measure(group, large, false, ref own[1], cancellation);
                Measure(group, large, true, ref own[2], cancellation);
            }
            group.IsSliced = _ => false;
        }
        Exchange(group, facts, cancellation); // each rank's places are zero on all others
        for (var rank = 0; rank < ranks; rank++)
            CheckOptions(group, options, rank, facts.AsSpan(rank * Facts, Facts));
        var choice = new AlgorithmChoice(Slowest(0), Slowest(1), Slowest(2), largeLength * sizeof(float));
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

    private const int Facts = 5;

    // The best of some tries: what else the machine does, and code that is not compiled for good yet, only ever add.
    private static void Measure(
        LinkedCollective group,
        float[] values,
        bool isSliced,
        ref float best,
        CancellationToken cancellation
    )
    {
        group.IsSliced = _ => isSliced;
        var start = Stopwatch.GetTimestamp();
        Exchange(group, values, cancellation);
        best = Math.Min(best, (float)Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static void Exchange(ICollective group, float[] values, CancellationToken cancellation) =>
        group.AllReduce(
            group.WorldSize,
            [new PartialSum(new(group.Rank, group.Rank + 1), values)],
            values,
            cancellation
        );

    private static void CheckOptions(LinkedCollective group, GroupOptions options, int rank, ReadOnlySpan<float> facts)
    {
        if ((int)facts[3] == (int)options.Algorithm && (int)facts[4] == options.ChunkBytes)
            return;
        var problem =
            $"rank {rank} was given the algorithm {(ExchangeAlgorithm)(int)facts[3]} and chunks of {(int)facts[4]} bytes, "
            + $"rank {group.Rank} {options.Algorithm} and {options.ChunkBytes}: all ranks must have equal options.";
        group.Abort(problem);
        throw new CollectiveAbortedException(problem);
    }
}
