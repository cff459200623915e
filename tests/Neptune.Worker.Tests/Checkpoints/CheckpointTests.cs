using Neptune.Contracts;
using Neptune.Storage.Tests;

namespace Neptune.Worker.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly JobCheckpoints _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Given_a_checkpoint_when_loaded_then_vectors_and_facts_have_the_same_bits()
    {
        _job.Vectors[2][7] = float.NaN;
        _job.Vectors[2][8] = -0f;
        var facts = JobCheckpoints.FactsAt(12, epoch: 2, loss: double.NaN);
        var saved = await _job.SaveAsync(facts);

        var into = JobCheckpoints.NewVectors();
        var manifest = await _job.Reader.LoadAsync(saved.Entry!, _job.Origin, into, JobCheckpoints.Token);

        Assert.Equal(facts.ToJson(), manifest.State.ToJson());
        Assert.Equal(saved.Manifest!.Origin, manifest.Origin);
        Assert.Equal(new TrainingVersion(12, 2), saved.Entry!.Version);
        AssertEqualBits(into);
    }

    [Fact]
    public async Task Given_a_state_that_changes_after_its_capture_when_written_then_it_is_as_captured()
    {
        var before = _job.Vectors.Select(v => v.ToArray()).ToArray();
        using var captured = _job.Writer.TryCapture(_job.StateAt(3), StatePart.Whole)!;
        _job.Train();
        var saved = await _job.Writer.WriteAsync(captured, _job.Origin, default);
        var into = JobCheckpoints.NewVectors();
        await _job.Reader.LoadAsync(saved.Entry!, _job.Origin, into, JobCheckpoints.Token);
        Assert.Equal(before, into.Select(v => v.ToArray()));
    }

    [Fact]
    public async Task Given_one_changed_value_when_the_next_checkpoint_is_written_then_only_its_piece_is()
    {
        Assert.Equal(4, (await _job.SaveAsync(1)).PiecesWritten);
        Assert.Equal(4 + 1, _job.CountFiles());

        _job.Vectors[0][StatePieces.Floats + 5] += 1;
        var second = await _job.SaveAsync(2);
        Assert.Equal(1, second.PiecesWritten);
        Assert.Equal(4 + 1 + 1 + 1, _job.CountFiles());

        Assert.Equal(0, (await _job.SaveAsync(3)).PiecesWritten);
        var into = JobCheckpoints.NewVectors();
        await _job.Reader.LoadAsync(second.Entry!, _job.Origin, into, JobCheckpoints.Token);
        AssertEqualBits(into);
    }

    [Fact]
    public async Task Given_a_writer_that_goes_on_from_a_manifest_when_it_writes_then_it_leaves_out_what_that_has()
    {
        var first = await _job.SaveAsync(1);
        var writer = _job.NewWriter();
        writer.GoOnFrom(first.Manifest!);
        _job.Vectors[2][0] += 1;
        using var captured = writer.TryCapture(_job.StateAt(2), StatePart.Whole)!;
        Assert.Equal(1, (await writer.WriteAsync(captured, _job.Origin, default)).PiecesWritten);
    }

    [Fact]
    public async Task Given_a_piece_that_is_not_here_any_more_when_the_next_checkpoint_is_written_then_it_is_too()
    {
        var first = await _job.SaveAsync(1);
        await _job.Artifacts.DeleteAsync(first.Manifest!.Pieces.First(), JobCheckpoints.Token);
        var second = await _job.SaveAsync(2);
        Assert.Equal(1, second.PiecesWritten);
        await _job.Reader.LoadAsync(second.Entry!, _job.Origin, JobCheckpoints.NewVectors(), JobCheckpoints.Token);
    }

    [Fact]
    public async Task Given_pieces_of_equal_values_when_written_then_there_is_one_file_for_them()
    {
        foreach (var vector in _job.Vectors)
        {
            vector.AsSpan().Clear();
        }
        Assert.Equal(3, (await _job.SaveAsync(1)).PiecesWritten); // two whole ones of zeros, one of 1000, one of 500
        Assert.Equal(3 + 1, _job.CountFiles());
    }

    [Fact]
    public async Task Given_a_checkpoint_under_way_when_another_is_asked_for_then_it_is_refused_until_then()
    {
        var captured = _job.Writer.TryCapture(_job.StateAt(1), StatePart.Whole)!;
        Assert.Null(_job.Writer.TryCapture(_job.StateAt(2), StatePart.Whole));
        await _job.Writer.WriteAsync(captured, _job.Origin, default);
        Assert.Null(_job.Writer.TryCapture(_job.StateAt(2), StatePart.Whole));
        captured.Dispose();
        using var next = _job.Writer.TryCapture(_job.StateAt(2), StatePart.Whole);
        Assert.NotNull(next);
        captured.Dispose(); // again, which must not release the next one
        Assert.Null(_job.Writer.TryCapture(_job.StateAt(3), StatePart.Whole));
        Assert.Throws<ObjectDisposedException>(() => captured[0]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Given_ranks_that_write_a_part_each_when_put_together_then_the_manifest_is_that_of_one_writer(
        int ranks
    )
    {
        var whole = await _job.SaveAsync(5);
        var parts = new List<WrittenPart>();
        foreach (var rank in Enumerable.Range(0, ranks).Reverse())
        {
            var part = new StatePart(rank, ranks);
            var writer = new CheckpointWriter(_job.Job, _job.Artifacts, JobCheckpoints.Lengths, part);
            using var captured = writer.TryCapture(_job.StateAt(5), part)!;
            parts.Add(await writer.WritePartAsync(captured));
        }
        var facts = JobCheckpoints.FactsAt(5);
        var together = await _job.NewWriter().WriteManifestAsync(facts, _job.Origin, whole.Entry!.At, parts);
        Assert.Equal(whole.Entry, together.Entry);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            _job.NewWriter().WriteManifestAsync(facts, _job.Origin, whole.Entry.At, parts[1..])
        );
    }

    [Fact]
    public void Given_any_length_and_ranks_when_cut_into_parts_then_they_cover_it_piece_by_piece() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 1000])
            .Sample(
                (length, ranks) =>
                {
                    var end = 0;
                    for (var rank = 0; rank < ranks; rank++)
                    {
                        var (start, next) = new StatePart(rank, ranks).Of(length);
                        Assert.Equal(end, start);
                        Assert.True(next == length || next % StatePieces.Floats == 0);
                        end = next;
                    }
                    Assert.Equal(length, end);
                }
            );

    [Fact]
    public async Task Given_a_full_disk_when_written_then_the_error_says_so_and_the_checkpoint_before_is_as_it_was()
    {
        using var disk = SmallDisk.TryMount();
        Assert.SkipWhen(disk is null, "This user may not mount a small disk.");
        using var job = new JobCheckpoints("job-1", Path.Combine(disk.Path, "artifacts"));
        int[] lengths = [60_000, 100_000]; // 240 and 400 kB, of 1 MiB
        var writer = new CheckpointWriter(job.Job, job.Artifacts, lengths, StatePart.Whole);
        float[][] vectors = [.. lengths.Select(length => new float[length])];
        var first = await SaveAsync(1);
        Assert.Null(first.Error);
        var files = job.CountFiles();

        // One piece fits, the other does not.
        vectors[0][0] = 1;
        vectors[1][0] = 1;
        var second = await SaveAsync(2);

        Assert.Contains("no space is left on its disk", second.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(files, job.CountFiles());
        var into = lengths.Select(length => new float[length].AsMemory()).ToArray();
        await job.Reader.LoadAsync(first.Entry!, job.Origin, into, JobCheckpoints.Token);

        vectors[1][0] = 0;
        Assert.Equal(1, (await SaveAsync(3)).PiecesWritten);

        async Task<CheckpointOutcome> SaveAsync(long step)
        {
            var state = new OfferedState(JobCheckpoints.FactsAt(step), [.. vectors.Select(v => v.AsMemory())]);
            using var captured = writer.TryCapture(state, StatePart.Whole)!;
            return await writer.WriteAsync(captured, job.Origin, default);
        }
    }

    [Fact]
    public void Given_an_epochs_end_when_the_metric_is_asked_for_then_it_is_the_validation_loss_if_any()
    {
        var facts = JobCheckpoints.FactsAt(8, epoch: 2, loss: 0.5);
        Assert.Equal(0.5, CheckpointManifest.MetricOf(facts));
        var validated = facts.Epochs[1] with { ValidationLoss = 0.75 };
        Assert.Equal(0.75, CheckpointManifest.MetricOf(facts with { Epochs = [facts.Epochs[0], validated] }));
        Assert.Null(CheckpointManifest.MetricOf(facts with { Position = new(9, 2, 1) }));
        Assert.Null(CheckpointManifest.MetricOf(JobCheckpoints.FactsAt(0)));
    }

    private void AssertEqualBits(Memory<float>[] vectors)
    {
        for (var v = 0; v < vectors.Length; v++)
        {
            Assert.Equal(
                _job.Vectors[v].Select(BitConverter.SingleToUInt32Bits),
                vectors[v].ToArray().Select(BitConverter.SingleToUInt32Bits)
            );
        }
    }
}
