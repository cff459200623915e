using System.Text;
using Neptune.Contracts;

namespace Neptune.Worker.Tests;

public sealed class CheckpointDamageTests : IDisposable
{
    private readonly JobCheckpoints _job = new();

    public void Dispose() => _job.Dispose();

    public enum Damage
    {
        Missing,
        Empty,
        Truncated,
        Longer,
        FlippedBit,
    }

    [Theory]
    [InlineData(Damage.Missing, "its manifest: Artifact * is missing")]
    [InlineData(Damage.Empty, "its manifest was torn or altered")]
    [InlineData(Damage.Truncated, "its manifest was torn or altered")]
    [InlineData(Damage.Longer, "its manifest was torn or altered")]
    [InlineData(Damage.FlippedBit, "its manifest was torn or altered")]
    public async Task Given_a_damaged_manifest_when_resumed_then_it_is_named_and_the_one_before_is_used(
        Damage damage,
        string says
    ) =>
        await AssertSkippedAsync(
            newest => DoAsync(damage, newest.Entry!.Artifact),
            newest => newest.Entry!.Artifact,
            says
        );

    [Theory]
    [InlineData(Damage.Missing, "piece 1 of vector 0 (*): Artifact * is missing")]
    [InlineData(Damage.Empty, "piece 1 of vector 0 (*) was torn or altered: it has 0 bytes in place of ")]
    [InlineData(Damage.Truncated, "piece 1 of vector 0 (*) was torn or altered: it has ")]
    [InlineData(Damage.Longer, "piece 1 of vector 0 (*) was torn or altered: it has ")]
    [InlineData(Damage.FlippedBit, "piece 1 of vector 0 (*) was altered: its ")]
    public async Task Given_a_damaged_piece_when_resumed_then_it_is_named_and_the_one_before_is_used(
        Damage damage,
        string says
    ) =>
        await AssertSkippedAsync(
            newest => DoAsync(damage, newest.Manifest!.Vectors[0].Pieces[1]),
            newest => newest.Manifest!.Vectors[0].Pieces[1],
            says
        );

    [Theory]
    [InlineData(
        "\"length\":525288",
        "\"length\":2147483647",
        "vectors[0] has 3 pieces, and 2147483647 values have 8192"
    )]
    [InlineData("\"length\":525288", "\"length\":99999999999", "$.vectors[0].length")]
    [InlineData("\"length\":525288", "\"length\":-1", "vectors[0].length is -1")]
    [InlineData(
        "\"length\":525288",
        "\"length\":525289",
        "vector 0 has 525289 values in the manifest, and 525288 in the replica"
    )]
    [InlineData("{\"length\":0,\"pieces\":[]},", "", "the manifest has 2 vectors, and the replica 3")]
    [InlineData("{\"length\":0,\"pieces\":[]},", "null,", "vectors[1] is null")]
    [InlineData("\"pieces\":[]", "\"pieces\":[\"../../etc/passwd\"]", "vectors[1] has 1 pieces, and 0 values have 0")]
    [InlineData("\"pieces\":[\"", "\"pieces\":[\"X", "vectors[0].pieces[0] must be 64 lower-case hex digits")]
    [InlineData("\"digest\":\"", "\"digest\":\"0", "digest must be 16 lower-case hex digits")]
    [InlineData("\"formatVersion\":2", "\"formatVersion\":3", "format version 3, and this Neptune reads 1 to 2")]
    [InlineData("\"formatVersion\":2,", "", "no format version")]
    [InlineData("\"step\":2", "\"step\":3", "its manifest is that of step 3")]
    [InlineData("\"step\":2", "\"step\":-3", "state.position.step is -3")]
    [InlineData("\"optimizerStep\":2", "\"optimizerStep\":2,\"extra\":1", "extra")]
    [InlineData("\"optimizerStep\":2", "\"optimizerStep\":2,\"optimizerStep\":2", "uplicate")]
    [InlineData("\"optimizerStep\":2,", "", "optimizerStep")]
    [InlineData("\"epochs\":[]", "\"epochs\":null", "epochs")]
    [InlineData("\"shards\":4", "\"shards\":5", "origin.specSha256 is not the SHA-256 of origin.spec")]
    [InlineData("\"job\":\"job-1\"", "\"job\":\"../x\"", "'../x' is no name of a job")]
    [InlineData("\"job\":\"job-1\"", "\"job\":\"job-2\"", "is another job's")]
    [InlineData("\"sums\":{", "\"sums\":[", "the manifest cannot be read")]
    public async Task Given_a_manifest_that_says_what_cannot_be_when_resumed_then_the_one_before_is_used(
        string text,
        string replacement,
        string says
    )
    {
        var first = await _job.SaveAsync(1);
        _job.Train();
        var second = (await _job.SaveAsync(2)).Entry!;
        var json = await ManifestAsync(second);
        Assert.Contains(text, json, StringComparison.Ordinal);
        var at = json.IndexOf(text, StringComparison.Ordinal);
        var forged = await _job.Artifacts.WriteAsync(
            Encoding.UTF8.GetBytes(string.Concat(json.AsSpan(0, at), replacement, json.AsSpan(at + text.Length))),
            JobCheckpoints.Token
        );

        var newest = await ResumeAsync([first.Entry!, second with { Artifact = forged }]);

        Assert.Equal(first.Entry, newest.Entry);
        Assert.Contains(says, Assert.Single(newest.Skipped).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_pieces_whose_order_a_manifest_confuses_when_loaded_then_the_digest_finds_it()
    {
        var second = await _job.SaveAsync(2);
        var pieces = second.Manifest!.Vectors[0].Pieces;
        var forged = second.Manifest with
        {
            Vectors = second.Manifest.Vectors.SetItem(
                0,
                new(JobCheckpoints.Lengths[0], [pieces[1], pieces[0], pieces[2]])
            ),
        };
        var artifact = await _job.Artifacts.WriteAsync(CheckpointManifestJson.Write(forged), JobCheckpoints.Token);
        var newest = await ResumeAsync([second.Entry! with { Artifact = artifact }]);
        Assert.Null(newest.Entry);
        Assert.Contains("another digest", Assert.Single(newest.Skipped).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_manifest_of_endless_length_when_read_then_it_is_refused_by_its_length()
    {
        var entry = (await _job.SaveAsync(1)).Entry!;
        await using (var file = File.OpenWrite(_job.Artifacts.PathOf(entry.Artifact)))
        {
            file.SetLength(1L << 40); // takes no space
        }
        var error = await Assert.ThrowsAsync<CheckpointDamagedException>(() =>
            _job.Reader.ReadManifestAsync(entry, JobCheckpoints.Token)
        );
        Assert.Contains("1099511627776 bytes, which is no manifest", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_damaged_checkpoints_only_when_resumed_then_none_is_used_and_all_are_named_newest_first()
    {
        for (var step = 1; step <= 3; step++)
        {
            _job.Train();
            var saved = await _job.SaveAsync(step);
            await DoAsync(Damage.Truncated, saved.Manifest!.Vectors[0].Pieces[0]);
        }
        var newest = await ResumeAsync(await _job.Index.ListAsync(_job.Job));
        Assert.Null(newest.Entry);
        Assert.Equal([3, 2, 1], newest.Skipped.Select(s => s.Checkpoint.Version.Step));
        Assert.All(newest.Skipped, s => Assert.True(s.IsLasting));
    }

    private async Task AssertSkippedAsync(
        Func<CheckpointOutcome, Task> damage,
        Func<CheckpointOutcome, string> file,
        string says
    )
    {
        var first = await _job.SaveAsync(1);
        var expected = _job.Vectors.Select(v => v.ToArray()).ToArray();
        _job.Train();
        var second = await _job.SaveAsync(2);
        await damage(second);

        var into = JobCheckpoints.NewVectors();
        var candidates = await _job.Index.ListAsync(_job.Job);
        var newest = await _job.Reader.NewestGoodAsync(candidates, _job.Origin, into, JobCheckpoints.Token);

        Assert.Equal(first.Entry, newest.Entry);
        Assert.Equal(1, newest.Manifest!.State.OptimizerStep);
        Assert.Equal(expected, into.Select(v => v.ToArray()));
        var skipped = Assert.Single(newest.Skipped);
        Assert.Equal(second.Entry, skipped.Checkpoint);
        Assert.StartsWith($"The checkpoint of step 2 (manifest {second.Entry!.Artifact})", skipped.Message);
        Assert.All(says.Split('*'), part => Assert.Contains(part, skipped.Message, StringComparison.Ordinal));
        Assert.Contains(file(second), skipped.Message, StringComparison.Ordinal);
    }

    private Task<NewestCheckpoint> ResumeAsync(IEnumerable<CheckpointEntry> candidates) =>
        _job.Reader.NewestGoodAsync(candidates, _job.Origin, JobCheckpoints.NewVectors(), JobCheckpoints.Token);

    private async Task<string> ManifestAsync(CheckpointEntry entry) =>
        Encoding.UTF8.GetString(await _job.Artifacts.ReadAsync(entry.Artifact, JobCheckpoints.Token));

    private async Task DoAsync(Damage damage, string artifact)
    {
        var path = _job.Artifacts.PathOf(artifact);
        var bytes = await File.ReadAllBytesAsync(path, JobCheckpoints.Token);
        File.Delete(path);
        switch (damage)
        {
            case Damage.Empty:
                bytes = [];
                break;
            case Damage.Truncated:
                bytes = bytes[..(bytes.Length / 2)];
                break;
            case Damage.Longer:
                bytes = [.. bytes, 0];
                break;
            case Damage.FlippedBit:
                bytes[bytes.Length / 2] ^= 4;
                break;
            default:
                return;
        }
        await File.WriteAllBytesAsync(path, bytes, JobCheckpoints.Token);
    }
}
