using System.Security.Cryptography;
using Neptune.Contracts;

namespace Neptune.Storage.Tests;

public sealed class ArtifactStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactStore _store;

    public ArtifactStoreTests() => _store = new ArtifactStore(_folder.At("artifacts"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Given_any_bytes_when_stored_then_they_are_found_by_their_sha_256() =>
        await Gen
            .Byte.Array[0, 5000]
            .SampleAsync(
                async bytes =>
                {
                    var name = await _store.WriteAsync(bytes, Token);
                    Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), name);
                    Assert.True(_store.Exists(name));
                    Assert.Equal(bytes, await _store.ReadAsync(name, Token));
                    await using var stream = _store.OpenRead(name);
                    Assert.Equal(bytes.Length, stream.Length);
                    await _store.VerifyAsync(name, Token);
                },
                iter: 40
            );

    [Fact]
    public async Task Given_equal_bytes_when_stored_by_several_at_once_then_there_is_one_file()
    {
        var names = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => _store.WriteAsync(new MemoryStream(new byte[100_000]), Token))
        );
        Assert.Single(names.Distinct());
        Assert.Equal([_store.PathOf(names[0])], Files());
        Assert.Equal(_folder.At("artifacts", names[0][..2], names[0][2..]), _store.PathOf(names[0]));
    }

    [Fact]
    public async Task Given_a_missing_artifact_when_read_then_it_is_named()
    {
        var name = new string('a', 64);
        Assert.False(_store.Exists(name));
        foreach (var read in (Func<Task>[])[() => _store.ReadAsync(name, Token), () => _store.VerifyAsync(name, Token)])
        {
            var error = await Assert.ThrowsAsync<NotFoundException>(read);
            Assert.Contains($"Artifact {name} is missing", error.Message, StringComparison.Ordinal);
        }
        Assert.Throws<NotFoundException>(() => _store.OpenRead(name));
    }

    [Fact]
    public async Task Given_an_altered_artifact_when_read_then_it_is_named_and_storing_it_again_heals_it()
    {
        byte[] bytes = [1, 2, 3, 4];
        var name = await _store.WriteAsync(bytes, Token);
        await File.WriteAllBytesAsync(_store.PathOf(name), [1, 2, 3, 5], Token);
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => _store.ReadAsync(name, Token));
        Assert.Contains($"Artifact {name} was altered", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidInputException>(() => _store.VerifyAsync(name, Token));
        await _store.WriteAsync(bytes, Token);
        Assert.Equal(bytes, await _store.ReadAsync(name, Token));
    }

    [Fact]
    public async Task Given_an_artifact_when_deleted_then_it_is_missing_and_others_stay_and_deleting_it_again_is_no_error()
    {
        var (gone, stays) = (
            await _store.WriteAsync(new byte[] { 1 }, Token),
            await _store.WriteAsync(new byte[] { 2 }, Token)
        );
        await _store.DeleteAsync(gone, Token);
        await _store.DeleteAsync(gone, Token);
        await _store.DeleteAsync(new string('a', 64), Token);
        Assert.False(_store.Exists(gone));
        await Assert.ThrowsAsync<NotFoundException>(() => _store.ReadAsync(gone, Token));
        Assert.Equal([_store.PathOf(stays)], Files());
        await Assert.ThrowsAsync<InvalidInputException>(() => _store.DeleteAsync("../x", Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../etc/passwd")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    public void Given_something_that_is_no_hash_when_asked_for_then_it_is_refused(string name) =>
        Assert.Throws<InvalidInputException>(() => _store.PathOf(name));

    [Fact]
    public async Task Given_a_writer_that_fails_or_is_cancelled_when_stored_then_no_part_is_left()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            _store.WriteAsync(
                async (stream, token) =>
                {
                    await stream.WriteAsync(new byte[10_000], token);
                    throw new InvalidDataException("no more");
                },
                Token
            )
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _store.WriteAsync(new MemoryStream(new byte[10]), new CancellationToken(true))
        );
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Given_parts_that_dead_and_living_writers_left_when_opened_then_only_those_of_the_dead_are_removed()
    {
        var name = await _store.WriteAsync(new byte[] { 1 }, Token);
        using var writer = new FolderHolder(_folder.At("other"));
        var living = new TemporaryFiles(_folder.At("artifacts")).NewPath();
        var ofWriter = living.Replace(
            $",{ProcessIdentity.Current.Id},{ProcessIdentity.Current.Started},",
            $",{writer.ProcessId},{ProcessIdentity.Of(writer.ProcessId)!.Value.Started},",
            StringComparison.Ordinal
        );
        var ofEarlierProcess = living.Replace($",{ProcessIdentity.Current.Started},", ",1,", StringComparison.Ordinal);
        var ofOtherMachine = Path.Combine(Path.GetDirectoryName(living)!, "other-1,2,3,4");
        foreach (var path in (string[])[living, ofWriter, ofEarlierProcess, ofOtherMachine])
        {
            File.WriteAllText(path, "half");
        }
        var again = new ArtifactStore(_folder.At("artifacts"));
        Assert.Equivalent(new[] { again.PathOf(name), living, ofWriter, ofOtherMachine }, Files(), strict: true);
        writer.Kill();
        File.SetLastWriteTimeUtc(ofOtherMachine, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _ = new ArtifactStore(_folder.At("artifacts"));
        Assert.Equivalent(new[] { again.PathOf(name), living }, Files(), strict: true);
    }

    private string[] Files() =>
        Directory.GetFiles(
            _folder.At("artifacts"),
            "*",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
        );
}
