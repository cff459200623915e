namespace Neptune.Collectives.Tests;

public class ShardAccumulatorTests
{
    [Fact]
    public void Given_any_range_when_accumulated_then_it_leaves_the_tree_sums_of_the_maximal_subtrees() =>
        Sums.AnyProblems.Sample(
            problem =>
            {
                using var accumulator = Sums.Accumulator(problem.Length);
                for (var rank = 0; rank < problem.WorldSize; rank++)
                {
                    var (low, high) = problem.Range(rank);
                    var partials = Sums.Accumulate(accumulator, problem.Shards, low, high).ToArray();
                    Assert.Equal(
                        ReductionTree.MaximalSubtrees(problem.Shards.Length, low, high),
                        partials.Select(p => p.Node)
                    );
                    foreach (var partial in partials)
                    {
                        Assert.Equal(
                            Sums.Bits(Sums.Recursive(problem.Shards, partial.Node.Low, partial.Node.High)),
                            Sums.Bits(partial.Values.ToArray())
                        );
                    }
                }
            },
            iter: 300
        );

    [Fact]
    public void Given_the_last_shard_part_by_part_when_accumulated_then_each_part_is_final_at_once_and_the_sums_are_the_same() =>
        Gen.Select(Sums.AnyProblems, Gen.Int[1, 7])
            .Sample(
                (problem, part) =>
                {
                    using var whole = Sums.Accumulator(problem.Length);
                    using var parts = Sums.Accumulator(problem.Length);
                    for (var rank = 0; rank < problem.WorldSize; rank++)
                    {
                        var (low, high) = problem.Range(rank);
                        if (low == high)
                            continue;
                        var expected = Sums.Accumulate(whole, problem.Shards, low, high).ToArray();
                        parts.Start(problem.Shards.Length, low, high);
                        for (var shard = low; shard < high - 1; shard++)
                        {
                            problem.Shards[shard].CopyTo(parts.Next());
                            parts.Complete();
                        }
                        var last = parts.Next();
                        var upcoming = parts.Upcoming().ToArray();
                        Assert.Equal(expected.Select(p => p.Node), upcoming.Select(p => p.Node));
                        for (var end = problem.Length; end > 0; end -= part)
                        {
                            var start = Math.Max(0, end - part);
                            problem.Shards[high - 1].AsSpan(start, end - start).CopyTo(last.AsSpan(start));
                            parts.CompletePart(start, end);
                            foreach (var (wanted, got) in expected.Zip(upcoming))
                            {
                                Assert.Equal(
                                    Sums.Bits(wanted.Values[start..end].ToArray()),
                                    Sums.Bits(got.Values[start..end].ToArray())
                                );
                            }
                        }
                        parts.Complete();
                        Assert.Equal(upcoming, parts.Finish().ToArray());
                    }
                },
                iter: 100
            );

    [Fact]
    public void Given_any_number_of_shards_when_the_whole_tree_is_added_then_few_buffers_are_needed()
    {
        for (var shards = 1; shards <= 300; shards++)
        {
            using var accumulator = Sums.Accumulator(1);
            var ones = Enumerable.Repeat(new[] { 1f }, shards).ToArray();
            var partials = Sums.Accumulate(accumulator, ones, 0, shards);
            Assert.Equal(shards, partials[0].Values.Span[0]);
            Assert.True(accumulator.BufferCount <= Math.Log2(shards) + 2, $"{accumulator.BufferCount} for {shards}");
        }
    }

    [Fact]
    public void Given_warm_buffers_when_steps_are_repeated_then_nothing_is_allocated()
    {
        float[][] shards = [.. Enumerable.Range(0, 13).Select(s => new float[] { s, -s })];
        using var accumulator = Sums.Accumulator(2);
        for (var warm = 0; warm < 50; warm++)
            Sums.Accumulate(accumulator, shards, 1, 12);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 100; step++)
            Sums.Accumulate(accumulator, shards, 1, 12);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Given_an_empty_range_when_finished_then_there_is_no_partial_but_a_buffer_for_the_result()
    {
        using var accumulator = Sums.Accumulator(3);
        accumulator.Start(4, 2, 2);
        Assert.True(accumulator.Finish().IsEmpty);
        Assert.Equal(3, accumulator.Result().Length);
        accumulator.Start(4, 0, 4);
        accumulator.Next();
        Assert.Equal(1, accumulator.BufferCount);
    }

    [Fact]
    public void Given_the_whole_tree_when_finished_then_the_result_is_the_partials_own_memory()
    {
        using var accumulator = Sums.Accumulator(3);
        var partials = Sums.Accumulate(
            accumulator,
            [
                [1, 2, 3],
                [4, 5, 6],
            ],
            0,
            2
        );
        Assert.True(partials[0].Values.Span == accumulator.Result().AsSpan());
        Assert.Equal([5, 7, 9], accumulator.Result());
    }

    [Fact]
    public void Given_a_step_that_failed_half_way_when_another_starts_then_the_old_sums_are_gone()
    {
        using var accumulator = Sums.Accumulator(1);
        accumulator.Start(4, 0, 4);
        accumulator.Next()[0] = 5;
        accumulator.Complete();
        accumulator.Next();
        Assert.Equal(
            6,
            Sums.Accumulate(
                accumulator,
                [
                    [1],
                    [2],
                    [3],
                ],
                0,
                3
            )[0].Values.Span[0]
        );
    }

    [Fact]
    public void Given_calls_in_the_wrong_order_when_made_then_the_message_says_what_is_missing()
    {
        using var accumulator = Sums.Accumulator(1);
        accumulator.Start(2, 0, 2);
        Assert.Contains(
            "call Next first",
            Assert.Throws<InvalidOperationException>(accumulator.Complete).Message,
            StringComparison.Ordinal
        );
        accumulator.Next();
        Assert.Contains(
            "Shard 0",
            Assert.Throws<InvalidOperationException>(() => accumulator.Next()).Message,
            StringComparison.Ordinal
        );
        accumulator.Complete();
        Assert.Contains(
            "Shard 1",
            Assert.Throws<InvalidOperationException>(() => accumulator.Finish()).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<InvalidOperationException>(() => accumulator.Result());
        accumulator.Next();
        accumulator.Complete();
        Assert.Contains(
            "[0,2)",
            Assert.Throws<InvalidOperationException>(() => accumulator.Next()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_disposable_buffers_when_the_accumulator_is_disposed_then_all_of_them_are()
    {
        var streams = new List<MemoryStream>();
        var accumulator = new ShardAccumulator<MemoryStream>(
            () =>
            {
                streams.Add(new MemoryStream());
                return streams[^1];
            },
            _ => new float[1]
        );
        accumulator.Start(4, 0, 4);
        accumulator.Next();
        accumulator.Complete();
        accumulator.Next();
        accumulator.Dispose();
        Assert.Equal(2, streams.Count);
        Assert.All(streams, s => Assert.False(s.CanRead));
    }
}
