using System.Buffers.Binary;
using System.Text;
using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.Storage;
using Neptune.Worker;

namespace Neptune.Hosting;

/// <summary>
/// Artifacts between silos that share no folder: serves this silo's to others, and asks others for what is missing here.
/// They go over authenticated streams beside the gradients' links, never through grain calls.
/// </summary>
/// <remarks>
/// A request is an artifact's name, 64 ASCII characters; the answer its length in bytes, as a little-endian int64, and its
/// bytes; or -1 where it is not here.
/// </remarks>
internal sealed class SiloArtifacts : IArtifactSource, IDisposable
{
    private const string Purpose = "artifact";
    private const int NameLength = 64;
    private const int BlockBytes = 1 << 18;
    private const long Missing = -1;

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(20);

    private readonly CollectiveGroups _groups;
    private readonly ReadOnlyMemory<byte> _key;
    private readonly ArtifactStore _local;
    private readonly IDisposable _serving;
    private IGrainFactory? _grains;

    /// <summary>Begins to serve.</summary>
    /// <param name="groups">Whose listener takes the streams.</param>
    /// <param name="key">The cluster's secret, which all silos know.</param>
    /// <param name="local">This silo's artifacts.</param>
    public SiloArtifacts(CollectiveGroups groups, ReadOnlyMemory<byte> key, ArtifactStore local)
    {
        (_groups, _key, _local) = (groups, key, local);
        _serving = groups.Listener.Handle(Purpose, () => key, ServeAsync);
    }

    /// <summary>From now on other silos can be asked.</summary>
    public void Attach(IGrainFactory grains) => _grains = grains;

    /// <inheritdoc/>
    public async Task<string?> CopyAsync(string sha256, Stream target, CancellationToken cancellation)
    {
        if (_grains is null)
        {
            return null;
        }
        var failures = new List<string>();
        foreach (var silo in await _grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).ListSilosAsync())
        {
            if (
                silo.Link is not { } link
                || silo.ArtifactFolder == _local.Place
                || link.Process == _groups.Listener.Address.ProcessId
            )
            {
                continue;
            }
            try
            {
                if (await CopyFromAsync(silo, link, sha256, target, cancellation))
                {
                    return silo.Name;
                }
            }
            catch (SiloUnreachableException error)
            {
                failures.Add(error.Message);
            }
        }
        return failures.Count == 0
            ? null
            : throw new StorageException(
                $"Artifact {sha256} is not here, and silos that may have it cannot be asked: {string.Join("; ", failures)}. "
                    + "See that they run and that their data ports are open."
            );
    }

    /// <inheritdoc/>
    public void Dispose() => _serving.Dispose();

    private async Task<bool> CopyFromAsync(
        SiloDescription silo,
        LinkEndpoint link,
        string sha256,
        Stream target,
        CancellationToken cancellation
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var received = 0L;
        await using var stream = await FromSiloAsync(() =>
            LinkConnector.OpenAsync(link.ToAddress(), Purpose, _key, patience.Token)
        );
        var length = await FromSiloAsync(async () =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(sha256), patience.Token);
            var header = new byte[sizeof(long)];
            await stream.ReadExactlyAsync(header, patience.Token);
            return BinaryPrimitives.ReadInt64LittleEndian(header);
        });
        if (length < 0)
        {
            return false;
        }
        var block = new byte[BlockBytes];
        while (received < length)
        {
            var most = (int)Math.Min(block.Length, length - received);
            var count = await FromSiloAsync(async () =>
                await stream.ReadAsync(block.AsMemory(0, most), patience.Token)
            );
            if (count == 0)
            {
                throw Stopped("it closed the stream.", null);
            }
            await target.WriteAsync(block.AsMemory(0, count), cancellation);
            received += count;
        }
        return true;

        // The other silo's failures, apart from those of this one's disk. Each answer must come in time, not all of them.
        async Task<T> FromSiloAsync<T>(Func<Task<T>> call)
        {
            patience.CancelAfter(AnswerPatience);
            try
            {
                return await call();
            }
            catch (Exception error)
                when (error is IOException
                    || (error is OperationCanceledException && !cancellation.IsCancellationRequested)
                )
            {
                throw received == 0
                    ? new SiloUnreachableException($"{silo.Name} at {link.Tcp}: {error.Message}")
                    : Stopped(error.Message, error);
            }
        }

        StorageException Stopped(string reason, Exception? error) =>
            new(
                $"Silo {silo.Name} stopped sending artifact {sha256} after {received} of its bytes: {reason} Try again.",
                error!
            );
    }

    private async Task ServeAsync(Stream stream, CancellationToken cancellation)
    {
        var name = new byte[NameLength];
        await stream.ReadExactlyAsync(name, cancellation);
        var header = new byte[sizeof(long)];
        try
        {
            await using var file = _local.OpenRead(Encoding.ASCII.GetString(name));
            BinaryPrimitives.WriteInt64LittleEndian(header, file.Length);
            await stream.WriteAsync(header, cancellation);
            await file.CopyToAsync(stream, BlockBytes, cancellation);
        }
        catch (NeptuneException)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header, Missing);
            await stream.WriteAsync(header, cancellation);
        }
    }

    private sealed class SiloUnreachableException(string message) : Exception(message);
}
