namespace Neptune.Data.Tests;

public class OrderTests
{
    [Fact]
    public void Given_any_seed_when_an_epoch_is_ordered_then_every_sample_occurs_once() =>
        Gen.Select(Gen.Long, Gen.Long[0, 1000], Gen.Int[0, 500])
            .Sample(
                (seed, epoch, count) =>
                {
                    var order = EpochOrder.Permutation(seed, epoch, count);
                    Assert.Equal(order, EpochOrder.Permutation(seed, epoch, count));
                    Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), order.Order());
                }
            );

    [Fact]
    public void Given_a_seed_when_ordered_on_any_machine_then_the_numbers_are_these()
    {
        // From a second implementation, in Python. A change here would change the weights of every job that is resumed.
        Assert.Equal(KnownOrder, EpochOrder.Permutation(seed: 42, epoch: 3, count: 10));
        Assert.NotEqual(KnownOrder, EpochOrder.Permutation(seed: 42, epoch: 4, count: 10));
        Assert.NotEqual(KnownOrder, EpochOrder.Permutation(seed: 43, epoch: 3, count: 10));
        Assert.Equal([0, 1, 2], EpochOrder.Permutation(42, 3, 3, shuffle: false));
    }

    private static readonly long[] KnownOrder = [5, 4, 2, 1, 6, 0, 3, 7, 8, 9];

    [Fact]
    public void Given_many_seeds_when_ordered_then_all_orders_are_about_as_frequent()
    {
        var counts = new Dictionary<string, int>();
        for (var seed = 0; seed < 24_000; seed++)
        {
            var order = string.Join("", EpochOrder.Permutation(seed, 0, 4));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(24, counts.Count);
        // Six standard deviations of a binomial of 24,000 and 1/24.
        Assert.All(counts.Values, c => Assert.InRange(c, 1000 - 186, 1000 + 186));
    }

    [Fact]
    public void Given_any_share_when_held_out_then_the_parts_are_apart_and_complete() =>
        Gen.Select(Gen.Int[0, 500], Gen.Double[0, 0.99], Gen.Long)
            .Sample(
                (count, fraction, seed) =>
                {
                    var (kept, heldOut) = HoldOut.Split(count, fraction, seed);
                    Assert.Equal((int)(count * fraction), heldOut.Length);
                    Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), kept.Concat(heldOut).Order());
                    Assert.Equal(kept.Order(), kept);
                }
            );

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Given_a_share_out_of_range_when_held_out_then_it_is_refused(double fraction) =>
        Assert.Contains(
            "from 0 to below 1",
            Assert.Throws<DatasetException>(() => HoldOut.Split(10, fraction, 0)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Given_any_sizes_when_an_epoch_is_cut_then_every_place_is_in_exactly_one_shard() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 20], Gen.Int[1, 20])
            .Sample(
                (count, shards, shardSize) =>
                {
                    var batches = new GlobalBatches(count, shards, shardSize);
                    var next = 0L;
                    for (var step = 0; step < batches.StepsPerEpoch; step++)
                    {
                        var before = next;
                        for (var shard = 0; shard < shards; shard++)
                        {
                            var (start, size) = batches.Places(step, shard);
                            Assert.Equal(next, start);
                            Assert.InRange(size, 0, shardSize);
                            next += size;
                        }
                        Assert.Equal(batches.SamplesInStep(step), next - before);
                        Assert.True(next > before, "No step is empty.");
                    }
                    Assert.Equal(count, next);
                }
            );

    [Fact]
    public void Given_a_step_or_shard_that_is_not_there_when_asked_for_then_the_range_is_named()
    {
        var batches = new GlobalBatches(100, 4, 8);
        Assert.Equal(4, batches.StepsPerEpoch);
        Assert.Equal((96, 4), batches.Places(3, 0));
        Assert.Equal((100, 0), batches.Places(3, 1));
        Assert.Contains(
            "0 to 3",
            Assert.Throws<ArgumentOutOfRangeException>(() => batches.Places(4, 0)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Places(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GlobalBatches(0, 1, 1));
    }
}
