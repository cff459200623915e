namespace Neptune.Collectives.Tests;

public class ExchangePlanTests
{
    private static readonly Gen<(int Length, int Ranks, bool IsSliced, int Chunk)> _cases = Gen.Select(
        Gen.Int[0, 5000],
        Gen.Int[1, 16],
        Gen.Bool,
        Gen.Int[1, 40].Select(units => units * 16)
    );

    [Fact]
    public void Given_any_vector_when_cut_then_chunks_tile_it_and_each_value_finds_its_own() =>
        _cases.Sample(c =>
        {
            var plan = new ExchangePlan(c.Length, c.Ranks, c.IsSliced, c.Chunk);
            var next = 0;
            for (var chunk = 0; chunk < plan.ChunkCount; chunk++)
            {
                var (start, end) = plan.Bounds(chunk);
                Assert.Equal(next, start);
                Assert.InRange(end - start, 1, c.Chunk);
                Assert.Equal(chunk, plan.ChunkAt(start));
                Assert.Equal(chunk, plan.ChunkAt(end - 1));
                next = end;
            }
            Assert.Equal(c.Length, next);
        });

    [Fact]
    public void Given_any_vector_when_sliced_then_each_chunk_belongs_to_one_rank_and_otherwise_to_all() =>
        _cases.Sample(c =>
        {
            var plan = new ExchangePlan(c.Length, c.Ranks, c.IsSliced, c.Chunk);
            for (var rank = 0; rank < c.Ranks; rank++)
            {
                var (first, end) = plan.ChunksOf(rank);
                if (!c.IsSliced)
                    Assert.Equal((0, plan.ChunkCount), (first, end));
                for (var chunk = first; chunk < end; chunk++)
                    Assert.Equal(c.IsSliced ? rank : FrameHeader.WholeVector, plan.SliceOf(chunk));
            }
        });

    [Theory]
    [InlineData(2, 1_000, false)] // two ranks: as many bytes, one trip fewer
    [InlineData(8, 100, false)]
    [InlineData(8, 10_000_000, true)]
    public void Given_measured_times_when_an_algorithm_is_chosen_then_trips_count_for_short_and_bytes_for_long_vectors(
        int ranks,
        int length,
        bool isSliced
    )
    {
        // 10 µs a trip, 1 GB/s for each rank.
        const int bytes = 1_000_000;
        var perVector = bytes / 1e9f;
        var choice = new AlgorithmChoice(
            1e-5f,
            1e-5f + (perVector * (ranks - 1)),
            2e-5f + (perVector * 2 * (ranks - 1) / ranks),
            bytes
        );
        var layout = new ExchangeLayout(ranks, [.. Enumerable.Range(1, ranks)]);
        Assert.Equal(isSliced, choice.IsSliced(length, layout));
    }

    [Fact]
    public void Given_a_rank_with_many_partial_sums_when_an_algorithm_is_chosen_then_slicing_pays_for_two_ranks_too()
    {
        var choice = new AlgorithmChoice(1e-5f, 1e-3f, 1.1e-3f, 1_000_000);
        Assert.False(choice.IsSliced(10_000_000, new ExchangeLayout(16, [8, 16])));
        Assert.True(choice.IsSliced(10_000_000, new ExchangeLayout(16, [15, 16])));
    }
}
