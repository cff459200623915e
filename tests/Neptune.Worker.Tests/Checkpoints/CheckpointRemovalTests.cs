using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Worker.Tests;

public sealed class CheckpointRemovalTests : IDisposable
{
    private static readonly CheckpointRetention KeepLast = new() { Last = 1, Best = false };

    private static readonly TrainingVersion Verified = new(long.MaxValue, 0);

    private readonly JobCheckpoints _job = new();
    private readonly CheckpointRemoval _removal;

    public CheckpointRemovalTests() => _removal = new(_job.Index, _job.Artifacts);

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task Given_checkpoints_that_share_pieces_when_old_ones_go_then_what_stays_is_whole()
    {
        for (var step = 1; step <= 3; step++)
        {
            _job.Vectors[2][0] = step;
            await _job.SaveAsync(step);
        }
        Assert.Equal(4 + 2 + 3, _job.CountFiles());

        var removed = await _removal.ApplyAsync(_job.Job, KeepLast, Verified, JobCheckpoints.Token);

        Assert.Equal([1, 2], removed.Checkpoints.Select(c => c.Version.Step));
        Assert.Equal(2, removed.Pieces);
        Assert.Equal(4 + 1, _job.CountFiles());
        var stays = Assert.Single(await _job.Index.ListAsync(_job.Job));
        await _job.Reader.LoadAsync(stays, _job.Origin, JobCheckpoints.NewVectors(), JobCheckpoints.Token);
        Assert.Empty((await _removal.ApplyAsync(_job.Job, KeepLast, Verified, JobCheckpoints.Token)).Checkpoints);
    }

    [Fact]
    public async Task Given_two_jobs_of_equal_weights_when_one_removes_all_it_has_then_the_other_loses_nothing()
    {
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(_job.Artifacts.PathOf(new('0', 64))))!;
        using var other = new JobCheckpoints("job-2", folder);
        await _job.SaveAsync(1);
        var kept = await other.SaveAsync(1);
        Assert.Equal(4, kept.PiecesWritten);

        var removed = await _removal.RemoveAsync(_job.Job, await _job.Index.ListAsync(_job.Job), JobCheckpoints.Token);

        Assert.Equal(4, removed.Pieces);
        Assert.Equal(4 + 1, other.CountFiles());
        await other.Reader.LoadAsync(kept.Entry!, other.Origin, JobCheckpoints.NewVectors(), JobCheckpoints.Token);
    }

    [Fact]
    public async Task Given_damaged_manifests_when_old_ones_go_then_they_are_named_and_the_rest_goes()
    {
        var first = await _job.SaveAsync(1);
        _job.Train();
        await _job.SaveAsync(2);
        _job.Train();
        await _job.SaveAsync(3);
        File.Delete(_job.Artifacts.PathOf(first.Entry!.Artifact));

        var removed = await _removal.ApplyAsync(_job.Job, KeepLast, Verified, JobCheckpoints.Token);

        Assert.Equal(first.Entry, Assert.Single(removed.Unreadable).Checkpoint);
        Assert.Equal(4, removed.Pieces);
        Assert.Equal(4 + 4 + 1, _job.CountFiles()); // those of the damaged one stay
        Assert.Single(await _job.Index.ListAsync(_job.Job));
    }

    [Fact]
    public async Task Given_a_store_that_does_not_answer_when_old_ones_would_go_then_nothing_is_removed()
    {
        await _job.SaveAsync(1);
        await _job.SaveAsync(2);
        var removal = new CheckpointRemoval(_job.Index, new Silent(_job.Artifacts));
        await Assert.ThrowsAsync<CheckpointDamagedException>(() =>
            removal.ApplyAsync(_job.Job, KeepLast, Verified, JobCheckpoints.Token)
        );
        Assert.Equal(2, (await _job.Index.ListAsync(_job.Job)).Length);
        Assert.Equal(4 + 2, _job.CountFiles());
    }

    private sealed class Silent(IArtifactStore inner) : IArtifactStore
    {
        public string Place => inner.Place;

        public Task<string> WriteAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
            inner.WriteAsync(write, cancellation);

        public Task<byte[]> ReadAsync(string sha256, CancellationToken cancellation) =>
            inner.ReadAsync(sha256, cancellation);

        public Task<string> FetchAsync(string sha256, CancellationToken cancellation) =>
            throw new NeptuneException("silo two does not answer.");

        public Stream OpenRead(string sha256) => inner.OpenRead(sha256);

        public bool Exists(string sha256) => inner.Exists(sha256);

        public Task DeleteAsync(string sha256, CancellationToken cancellation) =>
            inner.DeleteAsync(sha256, cancellation);

        public string PathOf(string sha256) => inner.PathOf(sha256);
    }
}
