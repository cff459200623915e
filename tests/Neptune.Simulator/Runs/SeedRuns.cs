using System.Collections.Concurrent;

namespace Neptune.Simulator;

/// <summary>Plays many seeds, each on one thread: the results do not depend on how many at a time.</summary>
internal static class SeedRuns
{
    /// <summary>Plays seeds from a first one on; stops at the first violation where asked to.</summary>
    /// <returns>The results in the order of the seeds; where it stops, the last one is that of the lowest seed that
    /// violates.</returns>
    public static List<SeedResult> Play(ulong first, int count, Mutation mutation = Mutation.None, int parallelism = -1)
    {
        var results = new SeedResult?[count];
        var lowest = count; // the lowest index that violates; what comes after it need not be played
        // One seed after the other is handed out, so that little is played in vain.
        var indices = Partitioner.Create(Enumerable.Range(0, count), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(
            indices,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism },
            index =>
            {
                if (index > Volatile.Read(ref lowest))
                {
                    return;
                }
                results[index] = SeedRun.Play(first + (ulong)index, mutation);
                if (results[index]!.Violation is not null)
                {
                    lock (results)
                    {
                        lowest = Math.Min(lowest, index);
                    }
                }
            }
        );
        return [.. results.Take(lowest + 1).OfType<SeedResult>()];
    }
}
