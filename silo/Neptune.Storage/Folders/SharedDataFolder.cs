namespace Neptune.Storage;

/// <summary>
/// A data folder that several silos of one cluster, and <c>neptune up</c>, use at the same time: artifacts and
/// <c>cluster.json</c>. The embedded cluster cannot have it meanwhile. Safe for all threads.
/// </summary>
public sealed class SharedDataFolder : IDisposable
{
    private const string EndpointLock = "cluster.lock";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly FileStream _lock;
    private ClusterMember? _member;
    private bool _disposed;

    private SharedDataFolder(string path, string? artifacts, FileStream held)
    {
        Path = path;
        _lock = held;
        Artifacts = new ArtifactStore(artifacts ?? System.IO.Path.Combine(path, "artifacts"));
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Data sets, checkpoints and packages.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>Makes the folder where it is missing, and joins those that use it.</summary>
    /// <param name="path">The data folder.</param>
    /// <param name="artifacts">Where artifacts lie; null takes <c>artifacts</c> in the data folder.</param>
    /// <exception cref="DataFolderInUseException">An embedded cluster has it open.</exception>
    /// <exception cref="StorageException">It cannot be made, written or read; the message says why.</exception>
    public static SharedDataFolder Join(string path, string? artifacts = null)
    {
        path = System.IO.Path.GetFullPath(path);
        FileStream? held = null;
        try
        {
            FolderLock.CreateFolder(path);
            held = FolderLock.TryTake(path, shared: true) ?? throw DataFolder.InUse(path);
            return new(path, artifacts, held);
        }
        catch (Exception e)
        {
            held?.Dispose();
            if (DiskError.IsDiskError(e))
                throw DiskError.At(path, e);
            throw;
        }
    }

    /// <summary>Adds this process's silo to <c>cluster.json</c>, until the folder is disposed.</summary>
    /// <exception cref="StorageException">Silos of another cluster use the folder, or it cannot be written.</exception>
    public async Task AnnounceAsync(
        ClusterMember member,
        string clusterId,
        string serviceId,
        string redis,
        CancellationToken cancellation
    )
    {
        using (await LockEndpointAsync(cancellation).ConfigureAwait(false))
        {
            var known = ClusterEndpoint.Read(Path);
            var others = known?.Silos.Where(silo => silo.MayLive && silo.Name != member.Name).ToArray() ?? [];
            if (others.Length > 0 && known!.Redis != redis)
            {
                throw new StorageException(
                    $"'{Path}' is in use by silos of the cluster with Redis at {known.Redis}, and this silo's Redis is at {redis}. "
                        + "Give the same --redis, or another folder by --data-dir."
                );
            }
            Write([.. others, member], clusterId, serviceId, redis);
            _member = member;
        }
    }

    /// <summary>Takes the silo out of <c>cluster.json</c>, and leaves the folder to the others.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            Withdraw();
        }
        catch (StorageException)
        {
            // Whoever reads the file finds the gateway dead, and tries the others.
        }
        _lock.Dispose();
    }

    private void Withdraw()
    {
        if (_member is null || FolderLock.TryTake(Path, shared: false, EndpointLock) is not { } held)
        {
            return;
        }
        using (held)
        {
            if (ClusterEndpoint.Read(Path) is not { } known)
            {
                return;
            }
            var others = known.Silos.Where(silo => silo.MayLive && silo != _member).ToArray();
            if (others.Length == 0)
            {
                FolderFile.DeleteQuietly(Path, FolderFile.Cluster);
                return;
            }
            Write(others, known.ClusterId, known.ServiceId, known.Redis);
        }
    }

    private void Write(ClusterMember[] silos, string clusterId, string serviceId, string? redis) =>
        new ClusterEndpoint
        {
            ClusterId = clusterId,
            ServiceId = serviceId,
            Gateways = [.. silos.Select(silo => silo.Gateway)],
            ProcessId = silos[0].Process.Id,
            Redis = redis,
            Silos = silos,
        }.Write(Path);

    private async Task<FileStream> LockEndpointAsync(CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (FolderLock.TryTake(Path, shared: false, EndpointLock) is { } held)
            {
                return held;
            }
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                throw new StorageException(
                    $"'{System.IO.Path.Combine(Path, EndpointLock)}' has been locked for {Patience.TotalSeconds:0} seconds. End the "
                        + "process that holds it, and start again."
                );
            }
            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }
}
