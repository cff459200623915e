namespace Neptune.Collectives.Tests;

/// <summary>Shard vectors, cuts, and the plain sums that results are compared with.</summary>
internal static class Sums
{
    /// <summary>A problem: one vector for each shard, and where each rank's range ends.</summary>
    public sealed record Problem(float[][] Shards, int[] Ends)
    {
        public int Length => Shards[0].Length;
        public int WorldSize => Ends.Length;

        public (int Low, int High) Range(int rank) => (rank == 0 ? 0 : Ends[rank - 1], Ends[rank]);

        public override string ToString() => $"S={Shards.Length} P={Length} ends={string.Join(',', Ends)}";
    }

    // Ordinary values, and those whose addition has a catch: of two NaNs the left one is kept.
    private static readonly Gen<float> Value = Gen.Frequency(
        (20, Gen.Float[-1000f, 1000f]),
        (3, Gen.Float[-1e-38f, 1e-38f]),
        (
            9,
            Gen.OneOf(
                float.NaN,
                BitConverter.Int32BitsToSingle(0x7FC00001),
                BitConverter.Int32BitsToSingle(unchecked((int)0xFFC12345)),
                float.PositiveInfinity,
                float.NegativeInfinity
            )
        ),
        (2, Gen.OneOf(-0f, 0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1e-40f))
    );

    public static Gen<Problem> Problems(Gen<float> value) =>
        from shards in Gen.Int[1, 24]
        from worldSize in Gen.Int[1, 9]
        from length in Gen.Int[1, 70]
        from values in value.Array[length].Array[shards]
        from cuts in Gen.Int[0, shards].Array[worldSize - 1]
        select new Problem(values, [.. cuts.Order(), shards]);

    public static Gen<Problem> AnyProblems => Problems(Value);

    public static float[] Recursive(float[][] shards, int low, int high)
    {
        if (high - low == 1)
            return shards[low];
        var middle = low + ((high - low) / 2);
        var left = Recursive(shards, low, middle);
        var right = Recursive(shards, middle, high);
        return [.. left.Zip(right, (l, r) => l + r)];
    }

    public static ShardAccumulator<float[]> Accumulator(int length) => new(() => new float[length], a => a);

    public static ReadOnlySpan<PartialSum> Accumulate(
        ShardAccumulator<float[]> accumulator,
        float[][] shards,
        int low,
        int high
    )
    {
        accumulator.Start(shards.Length, low, high);
        for (var shard = low; shard < high; shard++)
        {
            shards[shard].CopyTo(accumulator.Next(), 0);
            accumulator.Complete();
        }
        return accumulator.Finish();
    }

    /// <summary>
    /// All ranks' results, each step published in so many parts in an order of the rank's own; the ranks are disposed.
    /// </summary>
    public static float[][] Exchange(ICollective[] ranks, Problem problem, int parts, int seed, int steps)
    {
        var results = new float[ranks.Length][];
        Ranks.RunAll(
            ranks.Length,
            rank =>
            {
                using var collective = ranks[rank];
                var accumulator = Accumulator(problem.Length);
                var (low, high) = problem.Range(rank);
                for (var step = 0; step < steps; step++)
                {
                    var partials = Accumulate(accumulator, problem.Shards, low, high);
                    var result = accumulator.Result();
                    collective.Begin(problem.Shards.Length, partials, result);
                    foreach (var part in Shuffled(parts, seed + rank + step))
                    {
                        collective.Publish(
                            (int)((long)problem.Length * part / parts),
                            (int)((long)problem.Length * (part + 1) / parts)
                        );
                    }
                    collective.Complete(TestContext.Current.CancellationToken);
                    results[rank] = [.. result];
                }
            }
        );
        return results;
    }

    private static IEnumerable<int> Shuffled(int count, int seed) =>
        Enumerable.Range(0, count).OrderBy(i => (i + 1) * 7919 * (seed + 1) % 104_729);

    public static int[] Bits(IEnumerable<float> values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
