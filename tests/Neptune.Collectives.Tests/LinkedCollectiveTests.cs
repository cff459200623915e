namespace Neptune.Collectives.Tests;

public class LinkedCollectiveTests
{
    public static TheoryData<LinkKind, ExchangeAlgorithm> Ways
    {
        get
        {
            var ways = new TheoryData<LinkKind, ExchangeAlgorithm>();
            foreach (var kind in (LinkKind[])[LinkKind.Memory, LinkKind.Shared, LinkKind.Unix, LinkKind.Tcp])
            {
                foreach (var algorithm in Enum.GetValues<ExchangeAlgorithm>())
                    ways.Add(kind, algorithm);
            }
            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Given_any_cut_when_parts_are_published_in_any_order_then_every_rank_has_the_bits_of_the_plain_tree_sum(
        LinkKind kind,
        ExchangeAlgorithm algorithm
    )
    {
        await using var silos = new Silos(kind == LinkKind.Memory ? 1 : 3);
        var generation = 0;
        await Gen.Select(Sums.AnyProblems, Gen.Int[1, 5], Gen.Int[0, 1000])
            .SampleAsync(
                async (problem, parts, seed) =>
                {
                    var options = new GroupOptions
                    {
                        Link = kind,
                        Algorithm = algorithm,
                        ChunkBytes = 1024,
                    };
                    var ranks = await silos.JoinAsync(
                        problem.Shards.Length,
                        problem.Ends,
                        options,
                        Interlocked.Increment(ref generation)
                    );
                    var expected = Sums.Bits(Sums.Recursive(problem.Shards, 0, problem.Shards.Length));
                    foreach (var result in Sums.Exchange(ranks, problem, parts, seed, steps: 2))
                        Assert.Equal(expected, Sums.Bits(result));
                },
                iter: 12,
                threads: 1
            );
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Given_long_vectors_when_all_reduced_then_chunks_and_slices_fit_together(
        LinkKind kind,
        ExchangeAlgorithm algorithm
    )
    {
        const int length = 300_003;
        var shards = Enumerable
            .Range(0, 11)
            .Select(s => Enumerable.Range(0, length).Select(i => MathF.Sin((s * 0.7f) + i) / (s + 1)).ToArray())
            .ToArray();
        var expected = Sums.Bits(Sums.Recursive(shards, 0, 11));
        await using var silos = new Silos(kind == LinkKind.Memory ? 1 : 2);
        foreach (int[] ends in new int[][] { [4, 11], [0, 3, 3, 9, 11], [.. Enumerable.Range(1, 11), 11, 11] })
        {
            var options = new GroupOptions
            {
                Link = kind,
                Algorithm = algorithm,
                ChunkBytes = 64 * 1024,
            };
            var ranks = await silos.JoinAsync(11, ends, options, ends.Length);
            foreach (var result in Sums.Exchange(ranks, new(shards, ends), parts: 7, seed: 5, steps: 2))
                Assert.Equal(expected, Sums.Bits(result));
        }
    }

    [Fact]
    public async Task Given_ranks_of_the_same_and_of_other_processes_when_joined_then_links_are_mixed_and_bits_are_equal()
    {
        await using var silos = new Silos(2); // ranks 0, 2 and 4 live in one, 1 and 3 in the other
        var problem = new Sums.Problem(
            [.. Enumerable.Range(0, 9).Select(s => Enumerable.Range(0, 5000).Select(i => 1f / (s + i + 1)).ToArray())],
            [2, 4, 5, 7, 9]
        );
        var ranks = await silos.JoinAsync(9, problem.Ends);
        var expected = Sums.Bits(Sums.Recursive(problem.Shards, 0, 9));
        foreach (var result in Sums.Exchange(ranks, problem, parts: 3, seed: 1, steps: 20))
            Assert.Equal(expected, Sums.Bits(result));
    }

    [Theory]
    [InlineData("another host")]
    [InlineData("no socket file")]
    public async Task Given_processes_that_see_no_common_socket_when_joined_then_they_meet_over_tcp(string what)
    {
        await using var silos = new Silos(2);
        var groups = Enumerable
            .Range(0, 2)
            .Select(rank =>
            {
                var group = silos.Group(rank, 2, [1, 2]);
                return group with
                {
                    Members =
                    [
                        .. group.Members.Select(m =>
                            m with
                            {
                                Address =
                                    what == "another host"
                                        ? m.Address with
                                        {
                                            HostId = m.Node,
                                        }
                                        : m.Address with
                                        {
                                            UnixPath = "/tmp/neptune-missing.sock",
                                        },
                            }
                        ),
                    ],
                };
            });
        var joins = groups.Select((group, silo) => silos[silo].JoinAsync(group)).ToArray();
        var problem = new Sums.Problem(
            [
                [1, 2, 3],
                [10, 20, 30],
            ],
            [1, 2]
        );
        foreach (var result in Sums.Exchange(await Task.WhenAll(joins), problem, parts: 2, seed: 1, steps: 2))
            Assert.Equal([11, 22, 33], result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_rank_that_gives_up_when_another_waits_for_a_third_then_that_one_hears_of_it_at_once(
        bool isInTime
    )
    {
        await using var silos = new Silos(3);
        var ranks = await silos.JoinAsync(3, [1, 2, 3], new() { StallLimit = TimeSpan.FromMinutes(5) });
        var before = ranks[0].Times;
        using var mayBegin = new ManualResetEventSlim(isInTime);
        var errors = Task.Run(() =>
            Ranks.Run(
                2, // the third is frozen
                rank =>
                {
                    var values = new float[8];
                    if (rank == 1)
                        mayBegin.Wait();
                    ranks[rank].AllReduce(3, [new(new(rank, rank + 1), values)], values, default);
                }
            )
        );
        // What the first owes the second has gone: only the third is waited for.
        await UntilAsync(() => ranks[0].Times - before is { Send: > 0, Wait: > 0 });
        ranks[0].Abort("the third stands still");
        mayBegin.Set(); // where it was late, values and last words come together
        Assert.All(
            await errors,
            error =>
                Assert.Contains(
                    "gave up: the third stands still",
                    Assert.IsType<CollectiveAbortedException>(error).Message
                )
        );
        foreach (var rank in ranks)
            rank.Dispose();
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!isSo())
            await Task.Delay(5, timeout.Token);
    }

    [Fact]
    public async Task Given_all_ranks_in_one_process_when_joined_then_they_meet_in_memory()
    {
        await using var silos = new Silos(1);
        var ranks = await silos.JoinAsync(2, [1, 2]);
        Assert.All(ranks, rank => Assert.IsType<InMemoryCollective>(rank));
        foreach (var rank in ranks)
            rank.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Given_warm_ranks_when_steps_are_repeated_then_nothing_is_allocated(
        LinkKind kind,
        ExchangeAlgorithm algorithm
    )
    {
        await using var silos = new Silos(kind == LinkKind.Memory ? 1 : 2);
        var ranks = await silos.JoinAsync(2, [1, 2], new() { Link = kind, Algorithm = algorithm });
        using var cancellation = new CancellationTokenSource();
        var allocated = new long[2];
        Ranks.RunAll(
            2,
            rank =>
            {
                using var collective = ranks[rank];
                var values = new float[100_000];
                var few = new float[16];
                var partial = new PartialSum(new TreeNode(rank, rank + 1), values);
                var small = new PartialSum(new TreeNode(rank, rank + 1), few);
                var warm = 0L;
                for (var step = 0; step < 200; step++)
                {
                    if (step == 100)
                        warm = GC.GetAllocatedBytesForCurrentThread();
                    collective.Begin(2, [partial], values);
                    collective.Publish(50_000, 100_000);
                    collective.Publish(0, 50_000);
                    collective.Complete(cancellation.Token);
                    collective.AllReduce(2, [small], few, cancellation.Token);
                }
                allocated[rank] = GC.GetAllocatedBytesForCurrentThread() - warm;
            }
        );
        // As in memory: a token's first registrations make nodes, which it keeps.
        Assert.All(allocated, bytes => Assert.InRange(bytes, 0, 512));
    }
}
