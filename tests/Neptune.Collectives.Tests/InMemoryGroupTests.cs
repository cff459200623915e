namespace Neptune.Collectives.Tests;

public class InMemoryGroupTests
{
    [Fact]
    public void Given_any_cut_when_all_reduced_then_every_rank_has_the_bits_of_the_plain_tree_sum() =>
        Sums.AnyProblems.Sample(
            problem =>
            {
                var expected = Sums.Bits(Sums.Recursive(problem.Shards, 0, problem.Shards.Length));
                foreach (var result in AllReduce(problem, steps: 2))
                    Assert.Equal(expected, Sums.Bits(result));
            },
            iter: 200,
            threads: 1
        );

    [Fact]
    public void Given_long_vectors_when_all_reduced_then_the_blocks_and_slices_fit_together()
    {
        const int length = 100_003;
        var shards = Enumerable
            .Range(0, 11)
            .Select(s => Enumerable.Range(0, length).Select(i => MathF.Sin((s * 0.7f) + i) / (s + 1)).ToArray())
            .ToArray();
        var expected = Sums.Bits(Sums.Recursive(shards, 0, 11));
        foreach (
            int[] ends in new int[][]
            {
                [11],
                [4, 11],
                [0, 3, 3, 9, 11],
                [.. Enumerable.Range(1, 11), 11, 11, 11, 11, 11],
            }
        )
        {
            foreach (var result in AllReduce(new Sums.Problem(shards, ends), steps: 1))
                Assert.Equal(expected, Sums.Bits(result));
        }
    }

    [Fact]
    public void Given_any_cut_when_published_in_parts_then_every_rank_has_the_bits_of_the_plain_tree_sum() =>
        Gen.Select(Sums.AnyProblems, Gen.Int[1, 5], Gen.Int[0, 1000])
            .Sample(
                (problem, parts, seed) =>
                {
                    var group = new InMemoryGroup(problem.WorldSize);
                    var ranks = Enumerable.Range(0, problem.WorldSize).Select(group.Join).ToArray();
                    var expected = Sums.Bits(Sums.Recursive(problem.Shards, 0, problem.Shards.Length));
                    foreach (var result in Sums.Exchange(ranks, problem, parts, seed, steps: 2))
                        Assert.Equal(expected, Sums.Bits(result));
                },
                iter: 30,
                threads: 1
            );

    [Fact]
    public void Given_wrong_calls_in_memory_when_made_then_they_are_explained()
    {
        using var rank = new InMemoryGroup(1).Join(0);
        Assert.Throws<InvalidOperationException>(() => rank.Publish(0, 1));
        Assert.Throws<InvalidOperationException>(() => rank.Complete(CancellationToken.None));
        var values = new float[10];
        rank.Begin(1, [new(new(0, 1), values)], values);
        Assert.Throws<InvalidOperationException>(() => rank.Begin(1, [new(new(0, 1), values)], values));
        Assert.Throws<ArgumentOutOfRangeException>(() => rank.Publish(0, 11));
        rank.Publish(0, 6);
        Assert.Throws<ArgumentException>(() => rank.Publish(0, 6));
        var error = Assert.Throws<InvalidOperationException>(() => rank.Complete(CancellationToken.None));
        Assert.Equal("4 values are not published yet.", error.Message);
        rank.Publish(6, 10);
        rank.Complete(CancellationToken.None);
    }

    [Fact]
    public void Given_finite_values_when_all_reduced_then_the_sum_is_near_the_one_in_double_precision() =>
        Sums.Problems(Gen.Float[-1f, 1f])
            .Sample(
                problem =>
                {
                    var result = AllReduce(problem, steps: 1)[0];
                    for (var i = 0; i < problem.Length; i++)
                        Assert.Equal(problem.Shards.Sum(s => (double)s[i]), result[i], 1e-5);
                },
                iter: 50,
                threads: 1
            );

    [Fact]
    public void Given_results_apart_from_the_partials_when_all_reduced_then_they_are_written_alike()
    {
        var group = new InMemoryGroup(2);
        var results = new float[2][];
        Ranks.RunAll(
            2,
            rank =>
            {
                using var collective = group.Join(rank);
                results[rank] = new float[40];
                var partial = new PartialSum(new TreeNode(rank, rank + 1), Enumerable.Repeat(rank + 1f, 40).ToArray());
                collective.AllReduce(2, [partial], results[rank], TestContext.Current.CancellationToken);
            }
        );
        Assert.All(results, r => Assert.All(r, value => Assert.Equal(3f, value)));
    }

    [Fact]
    public void Given_one_rank_when_the_result_is_the_partials_memory_then_it_stays_untouched()
    {
        using var collective = new InMemoryGroup(1).Join(0);
        float[] values = [1, float.NaN, -0f];
        collective.AllReduce(4, [new PartialSum(new TreeNode(0, 4), values)], values, CancellationToken.None);
        Assert.Equal(Sums.Bits([1, float.NaN, -0f]), Sums.Bits(values));
    }

    [Fact]
    public void Given_vectors_of_other_lengths_when_called_in_turn_then_each_call_works()
    {
        var group = new InMemoryGroup(3);
        Ranks.RunAll(
            3,
            rank =>
            {
                using var collective = group.Join(rank);
                foreach (var length in (int[])[4, 1000, 0, 1, 17])
                {
                    var values = Enumerable.Repeat(1f, length).ToArray();
                    var partial = new PartialSum(ReductionTree.MaximalSubtrees(3, rank, rank + 1)[0], values);
                    collective.AllReduce(3, [partial], values, CancellationToken.None);
                    Assert.All(values, value => Assert.Equal(3f, value));
                }
            }
        );
    }

    [Fact]
    public void Given_warm_ranks_when_steps_are_repeated_then_nothing_is_allocated()
    {
        var group = new InMemoryGroup(3);
        using var cancellation = new CancellationTokenSource();
        var allocated = new long[3];
        Ranks.RunAll(
            3,
            rank =>
            {
                using var collective = group.Join(rank);
                var values = new float[64];
                var partial = new PartialSum(ReductionTree.MaximalSubtrees(3, rank, rank + 1)[0], values);
                var warm = 0L;
                for (var step = 0; step < 600; step++)
                {
                    if (step == 300)
                        warm = GC.GetAllocatedBytesForCurrentThread();
                    collective.AllReduce(3, [partial], values, cancellation.Token);
                }
                allocated[rank] = GC.GetAllocatedBytesForCurrentThread() - warm;
            }
        );
        // A token's first registrations on a new depth of concurrency make a node, which it keeps: a few hundred bytes at most.
        Assert.All(allocated, bytes => Assert.InRange(bytes, 0, 512));
    }

    [Fact]
    public void Given_ranks_that_wait_when_one_aborts_then_all_are_told_who_and_why()
    {
        var group = new InMemoryGroup(4);
        var errors = Ranks.Run(
            4,
            rank =>
            {
                using var collective = group.Join(rank);
                if (rank == 2)
                    collective.Abort("its disk is full.");
                else
                    collective.AllReduce(4, [Leaf(rank)], new float[1], CancellationToken.None);
            }
        );
        Assert.Null(errors[2]);
        foreach (var rank in (int[])[0, 1, 3])
        {
            var error = Assert.IsType<CollectiveAbortedException>(errors[rank]);
            Assert.Equal("Rank 2 of 4 (a job, generation 0) gave up: its disk is full.", error.Message);
        }
    }

    [Fact]
    public void Given_ranks_that_wait_when_one_is_cancelled_then_it_says_so_and_the_others_are_told()
    {
        var group = new InMemoryGroup(3);
        using var cancellation = new CancellationTokenSource();
        var errors = Ranks.Run(
            3,
            rank =>
            {
                using var collective = group.Join(rank);
                if (rank == 2)
                    cancellation.Cancel();
                else
                    collective.AllReduce(3, [Leaf(rank)], new float[1], rank == 0 ? cancellation.Token : default);
            }
        );
        // Rank 2 leaves after it cancelled rank 0, so rank 0's end comes first.
        Assert.IsType<OperationCanceledException>(errors[0], exactMatch: false);
        Assert.IsType<CollectiveAbortedException>(errors[1]);
    }

    [Fact]
    public void Given_a_rank_that_left_when_another_needs_it_then_it_is_named()
    {
        var group = new InMemoryGroup(2, "train-7", 3);
        group.Join(1).Dispose();
        using var collective = group.Join(0);
        var error = Assert.Throws<CollectiveAbortedException>(() =>
            collective.AllReduce(2, [Leaf(0)], new float[1], CancellationToken.None)
        );
        Assert.Equal("Rank 1 of 2 (train-7, generation 3) has left the group.", error.Message);
    }

    [Fact]
    public void Given_a_cancelled_token_when_called_then_nothing_is_exchanged()
    {
        using var collective = new InMemoryGroup(1).Join(0);
        Assert.Throws<OperationCanceledException>(() =>
            collective.AllReduce(1, [Leaf(0)], new float[1], new CancellationToken(true))
        );
    }

    [Theory]
    [InlineData(5, 2, "rank 0 exchanges 4 values, rank 1 exchanges 5")]
    [InlineData(4, 3, "rank 0 has 2 shards, rank 1 has 3")]
    public void Given_ranks_that_disagree_when_they_meet_then_all_are_told_how(int length, int shards, string what)
    {
        var group = new InMemoryGroup(2);
        var errors = Ranks.Run(
            2,
            rank =>
            {
                using var collective = group.Join(rank);
                var values = new float[rank == 0 ? 4 : length];
                collective.AllReduce(
                    rank == 0 ? 2 : shards,
                    [new PartialSum(new TreeNode(rank, rank + 1), values)],
                    values,
                    CancellationToken.None
                );
            }
        );
        Assert.All(
            errors,
            e => Assert.Contains(what, Assert.IsType<CollectiveAbortedException>(e).Message, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(0, 1, 0, 1, "rank 1 brings [0,1) where shard 1 comes next")]
    [InlineData(0, 1, 2, 4, "rank 1 brings [2,4) where shard 1 comes next")]
    [InlineData(0, 2, 2, 3, "no rank brings the shards [3,4)")]
    public void Given_ranges_that_do_not_tile_when_they_meet_then_the_shard_is_named(
        int a,
        int b,
        int c,
        int d,
        string what
    )
    {
        var group = new InMemoryGroup(2);
        var errors = Ranks.Run(
            2,
            rank =>
            {
                using var collective = group.Join(rank);
                var node = rank == 0 ? new TreeNode(a, b) : new TreeNode(c, d);
                collective.AllReduce(4, [new PartialSum(node, new float[1])], new float[1], CancellationToken.None);
            }
        );
        Assert.All(
            errors,
            e => Assert.Contains(what, Assert.IsType<CollectiveAbortedException>(e).Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Given_a_rank_with_wrong_partials_when_it_calls_then_it_is_told_and_the_others_do_not_wait()
    {
        var group = new InMemoryGroup(2);
        var errors = Ranks.Run(
            2,
            rank =>
            {
                using var collective = group.Join(rank);
                var node = rank == 0 ? new TreeNode(1, 3) : new TreeNode(2, 4);
                collective.AllReduce(4, [new PartialSum(node, new float[1])], new float[1], CancellationToken.None);
            }
        );
        Assert.Contains(
            "[1,3) is no node",
            Assert.IsType<ArgumentException>(errors[0]).Message,
            StringComparison.Ordinal
        );
        Assert.IsType<CollectiveAbortedException>(errors[1]);
    }

    [Fact]
    public void Given_wrong_ranks_when_they_join_then_they_are_refused()
    {
        var group = new InMemoryGroup(2);
        using var collective = group.Join(0);
        Assert.Throws<InvalidOperationException>(() => group.Join(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => group.Join(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryGroup(0));
        collective.Dispose();
        Assert.Throws<ObjectDisposedException>(() =>
            collective.AllReduce(1, [Leaf(0)], new float[1], CancellationToken.None)
        );
    }

    private static PartialSum Leaf(int rank) => new(new TreeNode(rank, rank + 1), new float[1]);

    /// <summary>All ranks' results; rank by rank they arrive in another order, and repeat the exchange.</summary>
    private static float[][] AllReduce(Sums.Problem problem, int steps)
    {
        var group = new InMemoryGroup(problem.WorldSize);
        var results = new float[problem.WorldSize][];
        Ranks.RunAll(
            problem.WorldSize,
            rank =>
            {
                using var collective = group.Join(rank);
                using var accumulator = Sums.Accumulator(problem.Length);
                var (low, high) = problem.Range(rank);
                for (var step = 0; step < steps; step++)
                {
                    var partials = Sums.Accumulate(accumulator, problem.Shards, low, high);
                    collective.AllReduce(problem.Shards.Length, partials, accumulator.Result(), CancellationToken.None);
                }
                results[rank] = accumulator.Result();
            }
        );
        return results;
    }
}
