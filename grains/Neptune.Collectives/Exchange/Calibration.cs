using System.Diagnostics;

namespace Neptune.Collectives;

/// <summary>
/// The first exchanges of a new group: all ranks meet, check that they were given the same options, and agree on how fast
/// the algorithms are: by what one of them remembers of such a group, or by measuring both and taking the slowest rank's times.
/// </summary>
internal sealed class Calibration(
    LinkedCollective collective,
    CollectiveGroup group,
    GroupOptions options,
    CalibrationMemory memory
)
{
    private const int SmallLength = 256;
    private const int LargeLengthTimesRanks = 1024 * 1024;
    private const int SmallTries = 9;
    private const int LargeTries = 3;

    private int Ranks => group.WorldSize;

    private int LargeLength => LargeLengthOf(Ranks);

    /// <summary>Values of the large exchange between so many ranks.</summary>
    public static int LargeLengthOf(int ranks) => Math.Max(16 * 1024, LargeLengthTimesRanks / ranks);

    /// <summary>Runs on the joining thread; all ranks call it at the same time.</summary>
    public void Run(CancellationToken cancellation)
    {
        var (layout, stallLimit) = (collective.Layout, collective.StallLimit);
        collective.Layout = ExchangeLayout.OfRanks(Ranks); // so that ranks without shards take part
        collective.StallLimit = options.JoinTimeout;
        collective.IsSliced = _ => false;
        var known = options.Algorithm == ExchangeAlgorithm.Auto ? memory.Of(group, options) : default;
        var facts = Share(
            [(int)options.Algorithm, options.ChunkBytes, known.Trip, known.LargeDirect, known.LargeSliced, known.Age],
            cancellation
        );
        for (var rank = 0; rank < Ranks; rank++)
            CheckOptions(rank, (int)facts[rank][0], (int)facts[rank][1]);
        Func<int, bool> isSliced = _ => options.Algorithm == ExchangeAlgorithm.Sliced;
        if (options.Algorithm == ExchangeAlgorithm.Auto)
        {
            var remembered = facts
                .Select(f => new CalibrationMemory.Measurement(f[2], f[3], f[4], f[5]))
                .Where(m => m.IsKnown)
                .OrderBy(m => m.Age) // a stable order: all ranks take the same one
                .FirstOrDefault();
            var agreed = remembered.IsKnown ? remembered : Measure(cancellation);
            memory.Keep(group, options, agreed);
            var choice = new AlgorithmChoice(
                agreed.Trip,
                agreed.LargeDirect,
                agreed.LargeSliced,
                LargeLength * sizeof(float)
            );
            isSliced = length => choice.IsSliced(length, layout);
        }
        collective.Layout = layout;
        collective.StallLimit = stallLimit;
        collective.IsSliced = isSliced;
    }

    private CalibrationMemory.Measurement Measure(CancellationToken cancellation)
    {
        var (small, large) = (new float[SmallLength], new float[LargeLength]);
        var (trip, direct, sliced) = (float.MaxValue, float.MaxValue, float.MaxValue);
        for (var i = 0; i < SmallTries; i++)
            Try(small, false, ref trip, cancellation);
        for (var i = 0; i < LargeTries; i++)
        {
            Try(large, false, ref direct, cancellation);
            Try(large, true, ref sliced, cancellation);
        }
        collective.IsSliced = _ => false;
        var all = Share([trip, direct, sliced], cancellation);
        return new(all.Max(f => f[0]), all.Max(f => f[1]), all.Max(f => f[2]), 0);
    }

    // The best of some tries: what else the machine does, and code that is not compiled for good yet, only ever add.
    private void Try(float[] values, bool isSliced, ref float best, CancellationToken cancellation)
    {
        collective.IsSliced = _ => isSliced;
        var start = Stopwatch.GetTimestamp();
        Exchange(values, cancellation);
        best = Math.Min(best, (float)Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    // Numbers of this rank, and those of all by rank: each rank's places are zero on all others.
    private float[][] Share(float[] own, CancellationToken cancellation)
    {
        var all = new float[Ranks * own.Length];
        own.CopyTo(all, group.Rank * own.Length);
        Exchange(all, cancellation);
        return [.. all.Chunk(own.Length)];
    }

    private void Exchange(float[] values, CancellationToken cancellation) =>
        ((ICollective)collective).AllReduce(
            Ranks,
            [new PartialSum(new(group.Rank, group.Rank + 1), values)],
            values,
            cancellation
        );

    private void CheckOptions(int rank, int algorithm, int chunkBytes)
    {
        if (algorithm == (int)options.Algorithm && chunkBytes == options.ChunkBytes)
            return;
        var problem =
            $"rank {rank} was given the algorithm {(ExchangeAlgorithm)algorithm} and chunks of {chunkBytes} bytes, "
            + $"rank {group.Rank} {options.Algorithm} and {options.ChunkBytes}: all ranks must have equal options.";
        collective.Abort(problem);
        throw new CollectiveAbortedException(problem);
    }
}
