namespace Neptune.Collectives.Tests;

/// <summary>Whose values made a sum infinite or no number, in memory and over links.</summary>
public sealed class NonFiniteRanksTests
{
    public static TheoryData<ExchangeAlgorithm?> Ways =>
        new((ExchangeAlgorithm?[])[null, .. Enum.GetValues<ExchangeAlgorithm>()]);

    private static readonly Gen<Sums.Problem> FiniteProblems =
        from shards in Gen.Int[2, 12]
        from worldSize in Gen.Int[2, 5]
        from length in Gen.OneOf(Gen.Int[1, 70], Gen.Int[250, 1100])
        from values in Gen.Float[-1000f, 1000f].Array[length].Array[shards]
        from cuts in Gen.Int[0, shards].Array[worldSize - 1]
        select new Sums.Problem(values, [.. cuts.Order(), shards]);

    private static readonly Gen<float> NonFinite = Gen.OneOf(
        Gen.Const(float.PositiveInfinity),
        Gen.Const(float.NegativeInfinity),
        Gen.Const(float.NaN)
    );

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Given_one_rank_whose_values_are_not_finite_when_all_reduced_then_just_that_rank_is_named(
        ExchangeAlgorithm? way
    ) =>
        SampleAsync(
            way,
            Gen.Select(FiniteProblems, Gen.Int[0, 11], NonFinite.Array[1, 3], Gen.Int[0, 10_000])
                .Select(
                    (problem, first, values, seed) =>
                    {
                        var guilty = Array.FindIndex(problem.Ends, end => end > first % problem.Shards.Length);
                        var (low, high) = problem.Range(guilty);
                        for (var i = 0; i < values.Length; i++)
                        {
                            var at = (seed * 31) + (i * 7919);
                            problem.Shards[low + (at % (high - low))][at % problem.Length] = values[i];
                        }
                        return (problem, guilty);
                    }
                ),
            (guilty, named) => Assert.Equal([guilty], named)
        );

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Given_finite_values_when_all_reduced_then_nobody_is_named(ExchangeAlgorithm? way) =>
        SampleAsync(way, FiniteProblems.Select(problem => (problem, 0)), (_, named) => Assert.Empty(named));

    [Theory]
    [MemberData(nameof(Ways))]
    public Task Given_any_values_when_all_reduced_then_just_those_are_named_whose_sums_are_not_finite(
        ExchangeAlgorithm? way
    ) =>
        SampleAsync(
            way,
            Sums.AnyProblems.Where(problem => problem.WorldSize > 1).Select(problem => (problem, GuiltyOf(problem))),
            (guilty, named) => Assert.Equal(guilty, named)
        );

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Given_finite_values_whose_sum_is_infinite_when_all_reduced_then_nobody_is_named(
        ExchangeAlgorithm? way
    )
    {
        for (var worldSize = 2; worldSize <= 5; worldSize++)
        {
            float[][] large = [.. Enumerable.Range(0, worldSize).Select(_ => new[] { 1f, float.MaxValue, 1f })];
            Assert.Empty(await NamedAsync(way, new(large, [.. Enumerable.Range(1, worldSize)])));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Given_values_in_many_blocks_when_all_reduced_then_all_whose_values_are_not_finite_are_named(
        ExchangeAlgorithm? way
    )
    {
        float[][] shards = [.. Enumerable.Range(0, 5).Select(_ => Enumerable.Repeat(1f, 70_001).ToArray())];
        (shards[1][20_000], shards[3][70_000], shards[0][69_999]) = (float.NaN, float.NegativeInfinity, float.NaN);
        Assert.Equal([0, 1, 3], await NamedAsync(way, new(shards, [1, 2, 3, 4, 5])));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Given_all_shards_at_one_rank_when_all_reduced_then_it_is_named(ExchangeAlgorithm? way)
    {
        float[][] shards =
        [
            [1, 2, 3],
            [1, float.NaN, 3],
        ];
        Assert.Equal([1], await NamedAsync(way, new(shards, [0, 2, 2])));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Given_a_rank_that_was_named_when_all_reduced_again_then_it_is_forgotten(ExchangeAlgorithm? way)
    {
        await using var silos = new Silos(2);
        var ranks = await JoinAsync(silos, way, 2, [1, 2], 1);
        Ranks.RunAll(
            2,
            rank =>
            {
                using var collective = ranks[rank];
                foreach (var value in (float[])[float.NaN, 1])
                {
                    var values = new[] { rank == 1 ? value : 1 };
                    PartialSum own = new(new(rank, rank + 1), values);
                    collective.AllReduce(2, [own], values, TestContext.Current.CancellationToken);
                }
                Assert.Empty(collective.NonFiniteFrom);
            }
        );
    }

    private static async Task SampleAsync<T>(
        ExchangeAlgorithm? way,
        Gen<(Sums.Problem Problem, T Guilty)> problems,
        Action<T, IReadOnlyCollection<int>> check
    )
    {
        await using var silos = new Silos(2);
        var generation = 0;
        await problems.SampleAsync(
            async p => check(p.Guilty, await NamedAsync(silos, way, p.Problem, Interlocked.Increment(ref generation))),
            iter: way is null ? 300 : 40,
            threads: 1
        );
    }

    private static async Task<IReadOnlyCollection<int>> NamedAsync(ExchangeAlgorithm? way, Sums.Problem problem)
    {
        await using var silos = new Silos(2);
        return await NamedAsync(silos, way, problem, generation: 1);
    }

    // What all ranks name together.
    private static async Task<IReadOnlyCollection<int>> NamedAsync(
        Silos silos,
        ExchangeAlgorithm? way,
        Sums.Problem problem,
        int generation
    )
    {
        var ranks = await JoinAsync(silos, way, problem.Shards.Length, problem.Ends, generation);
        Sums.Exchange(ranks, problem, parts: 3, seed: generation, steps: 2);
        return new SortedSet<int>(ranks.SelectMany(rank => rank.NonFiniteFrom));
    }

    // In memory where no algorithm is given.
    private static async Task<ICollective[]> JoinAsync(
        Silos silos,
        ExchangeAlgorithm? way,
        int shards,
        int[] ends,
        int generation
    )
    {
        if (way is { } algorithm)
        {
            var options = new GroupOptions { Algorithm = algorithm, ChunkBytes = 1024 };
            return await silos.JoinAsync(shards, ends, options, generation);
        }
        var group = new InMemoryGroup(ends.Length);
        return [.. Enumerable.Range(0, ends.Length).Select(group.Join)];
    }

    private static int[] GuiltyOf(Sums.Problem problem) =>
        [
            .. Enumerable
                .Range(0, problem.WorldSize)
                .Where(rank =>
                {
                    var (low, high) = problem.Range(rank);
                    var partials = Sums.Accumulate(Sums.Accumulator(problem.Length), problem.Shards, low, high);
                    return partials.ToArray().Any(p => p.Values.ToArray().Any(v => !float.IsFinite(v)));
                }),
        ];
}
