namespace Neptune.Simulator;

/// <summary>Plays many seeds, each on one thread: the results do not depend on how many at a time.</summary>
internal static class SeedRuns
{
    /// <summary>Plays seeds from a first one on; stops at the first violation where asked to.</summary>
    /// <returns>The results in the order of the seeds; where it stops, the last one is that of the lowest seed that violates.</returns>
    public static List<SeedResult> Play(ulong first, int count, Mutation mutation = Mutation.None, int parallelism = -1)
    {
        var results = new SeedResult?[count];
        Parallel.For(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism },
            (index, loop) =>
            {
                if (loop.LowestBreakIteration < index)
                {
                    return;
                }
                results[index] = SeedRun.Play(first + (ulong)index, mutation);
                if (results[index]!.Violation is not null)
                {
                    loop.Break(); // lower seeds are still played
                }
            }
        );
        var violated = Array.FindIndex(results, r => r?.Violation is not null);
        return [.. results.Take(violated < 0 ? count : violated + 1).OfType<SeedResult>()];
    }
}
