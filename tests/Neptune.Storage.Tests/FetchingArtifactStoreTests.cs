using System.Security.Cryptography;
using Neptune.Contracts;

namespace Neptune.Storage.Tests;

public sealed class FetchingArtifactStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Given_an_artifact_of_another_silo_when_many_ask_at_once_then_it_is_copied_once_and_is_here()
    {
        var (bytes, name) = Artifact();
        var other = new Other(name, bytes);
        // Two processes over one folder.
        FetchingArtifactStore[] stores = [NewStore(other), NewStore(other)];

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => stores[i % 2].FetchAsync(name, Token)));

        Assert.Equal(1, other.Copies);
        Assert.Equal(bytes, await stores[0].ReadAsync(name, Token));
        Assert.Equal(stores[0].Place, stores[1].Place);
    }

    [Fact]
    public async Task Given_other_bytes_than_the_name_says_when_fetched_then_the_error_names_artifact_and_silo_and_nothing_stays()
    {
        var (_, name) = Artifact();
        var store = NewStore(new Other(name, [1, 2, 3]));
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => store.FetchAsync(name, Token));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("altered at other", error.Message, StringComparison.Ordinal);
        Assert.False(store.Exists(name));
        Assert.False(store.Exists(Convert.ToHexStringLower(SHA256.HashData([1, 2, 3]))));
    }

    [Fact]
    public async Task Given_nobody_who_has_it_when_fetched_then_the_error_says_what_to_do_and_a_later_try_succeeds()
    {
        var (bytes, name) = Artifact();
        var other = new Other("", bytes);
        var store = NewStore(other);
        var error = await Assert.ThrowsAsync<NotFoundException>(() => store.FetchAsync(name, Token));
        Assert.Contains("Start the silo that wrote it", error.Message, StringComparison.Ordinal);

        other.Name = name;
        Assert.Equal(store.PathOf(name), await store.FetchAsync(name, Token));
    }

    [Fact]
    public async Task Given_a_full_disk_when_fetched_then_the_error_says_so_and_nothing_half_written_stays()
    {
        var (_, name) = Artifact();
        var store = NewStore(new Other(name, []) { Fails = new IOException("No space left on device", 28) });
        var error = await Assert.ThrowsAsync<StorageException>(() => store.FetchAsync(name, Token));
        Assert.Contains("no space is left on its disk", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.At("artifacts", ".writing")));
    }

    [Fact]
    public async Task Given_a_disk_too_small_for_an_artifact_when_fetched_then_the_error_says_so_and_the_disk_is_free_again()
    {
        using var disk = SmallDisk.TryMount();
        Assert.SkipWhen(disk is null, "This user may not mount a small disk.");
        var bytes = new byte[2 << 20];
        var name = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var store = new FetchingArtifactStore(new ArtifactStore(disk.Path), new Other(name, bytes));
        var error = await Assert.ThrowsAsync<StorageException>(() => store.FetchAsync(name, Token));
        Assert.Contains("no space is left on its disk", error.Message, StringComparison.Ordinal);
        Assert.False(store.Exists(name));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(disk.Path, ".writing")));
        await store.WriteAsync((target, token) => target.WriteAsync(new byte[1 << 19], token).AsTask(), Token);
    }

    [Fact]
    public async Task Given_an_artifact_that_was_fetched_when_deleted_then_only_the_copy_here_is_gone()
    {
        var (bytes, name) = Artifact();
        var other = new Other(name, bytes);
        var store = NewStore(other);
        await store.FetchAsync(name, Token);
        await store.DeleteAsync(name, Token);
        Assert.False(store.Exists(name));
        Assert.Equal(bytes, await store.ReadAsync(name, Token));
        Assert.Equal(2, other.Copies);
    }

    private static (byte[] Bytes, string Name) Artifact()
    {
        var bytes = new byte[10_000];
        bytes[17] = 1;
        return (bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private FetchingArtifactStore NewStore(IArtifactSource others) =>
        new(new ArtifactStore(_folder.At("artifacts")), others);

    private sealed class Other(string name, byte[] bytes) : IArtifactSource
    {
        private int _copies;

        public string Name { get; set; } = name;

        public IOException? Fails { get; init; }

        public int Copies => _copies;

        public async Task<string?> CopyAsync(string sha256, Stream target, CancellationToken cancellation)
        {
            if (sha256 != Name)
            {
                return null;
            }
            if (Fails is not null)
            {
                throw Fails;
            }
            Interlocked.Increment(ref _copies);
            await Task.Yield();
            await target.WriteAsync(bytes, cancellation);
            return "other";
        }
    }
}
