using System.Collections.Concurrent;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Storage;

/// <summary>
/// The artifacts of a folder, and those of other silos, which are brought into the folder when they are asked for: once,
/// whoever of this machine's processes asks, and checked by their name. Safe for all threads.
/// </summary>
public sealed class FetchingArtifactStore(ArtifactStore local, IArtifactSource others) : IArtifactStore
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _fetching = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Place => local.Place;

    /// <inheritdoc/>
    public Task<string> WriteAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
        local.WriteAsync(write, cancellation);

    /// <inheritdoc/>
    public async Task<byte[]> ReadAsync(string sha256, CancellationToken cancellation)
    {
        await FetchAsync(sha256, cancellation).ConfigureAwait(false);
        return await local.ReadAsync(sha256, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">Another silo sent other bytes than the name says; they were dropped.</exception>
    public async Task<string> FetchAsync(string sha256, CancellationToken cancellation)
    {
        if (local.Exists(sha256))
        {
            return local.PathOf(sha256);
        }
        // Those who ask meanwhile wait for the same copy, and one who gives up does not end it for them.
        var fetching = _fetching.GetOrAdd(sha256, name => new(() => Task.Run(() => CopyOnceAsync(name))));
        try
        {
            return await fetching.Value.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (fetching.Value.IsCompleted)
            {
                _fetching.TryRemove(new(sha256, fetching));
            }
        }
    }

    /// <inheritdoc/>
    public Stream OpenRead(string sha256) => local.OpenRead(sha256);

    /// <inheritdoc/>
    public bool Exists(string sha256) => local.Exists(sha256);

    /// <inheritdoc/>
    public Task DeleteAsync(string sha256, CancellationToken cancellation) => local.DeleteAsync(sha256, cancellation);

    /// <inheritdoc/>
    public string PathOf(string sha256) => local.PathOf(sha256);

    // The folder may belong to several processes: one of them fetches, the others wait for its lock.
    private async Task<string> CopyOnceAsync(string sha256)
    {
        while (true)
        {
            using (var held = local.TryLockFetch(sha256))
            {
                if (local.Exists(sha256))
                {
                    return local.PathOf(sha256);
                }
                if (held is not null)
                {
                    return await CopyAsync(sha256).ConfigureAwait(false);
                }
            }
            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }

    private async Task<string> CopyAsync(string sha256)
    {
        var from = "";
        var got = await local
            .WriteAsync(
                async (target, cancellation) =>
                    from =
                        await others.CopyAsync(sha256, target, cancellation).ConfigureAwait(false)
                        ?? throw new NotFoundException(
                            $"Artifact {sha256} is missing: neither this silo nor another that is there has it. Start the silo that "
                                + "wrote it, restore it from a backup, or make it again."
                        ),
                CancellationToken.None
            )
            .ConfigureAwait(false);
        if (got != sha256)
        {
            local.Drop(got);
            throw new InvalidInputException(
                $"Artifact {sha256} was altered at {from}: the bytes it sent have the SHA-256 {got}, and were dropped. Restore "
                    + "the file there from a backup, or delete it and make it again."
            );
        }
        return local.PathOf(sha256);
    }
}
