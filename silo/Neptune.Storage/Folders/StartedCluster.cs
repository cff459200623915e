using System.Text.Json.Serialization;

namespace Neptune.Storage;

/// <summary>What <c>neptune up</c> started over a data folder and <c>neptune down</c> ends: the folder's <c>up.json</c>.</summary>
public sealed record StartedCluster
{
    /// <summary>The machine that it was started on.</summary>
    public required string Host { get; init; }

    /// <summary>Where the cluster keeps its state, without a password.</summary>
    public required string Redis { get; init; }

    /// <summary>The redis-server that was started along with it; null where Redis was there before.</summary>
    public StartedProcess? OwnRedis { get; init; }

    /// <summary>The silos.</summary>
    public IReadOnlyList<StartedProcess> Silos { get; init; } = [];

    /// <summary>The silos that still run.</summary>
    [JsonIgnore]
    public IEnumerable<StartedProcess> LivingSilos => Silos.Where(silo => silo.Process.IsAlive);

    /// <summary>What was started over a folder; null where nothing was, or has been ended since.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public static StartedCluster? Read(string folder) => FolderFile.Read<StartedCluster>(folder, FolderFile.Started);

    /// <summary>
    /// Takes the right to start and end clusters over a folder, which it makes where it is missing; null where another
    /// process has it just now.
    /// </summary>
    /// <exception cref="StorageException">The folder cannot be made or written.</exception>
    public static IDisposable? TryLock(string folder)
    {
        try
        {
            FolderLock.CreateFolder(folder);
            return FolderLock.TryTake(folder, shared: false, "up.lock");
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(folder, e);
        }
    }

    /// <summary>Forgets what was started over a folder.</summary>
    public static void Forget(string folder) => FolderFile.DeleteQuietly(folder, FolderFile.Started);

    /// <summary>Keeps it in the folder.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Write(string folder) => FolderFile.Write(folder, FolderFile.Started, this);
}
