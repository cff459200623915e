using System.Globalization;

namespace Neptune.Storage;

/// <summary>
/// The folder that holds all of an embedded cluster: <c>state.db</c>, <c>artifacts/</c>, <c>cluster.json</c> and
/// <c>lock</c>. One process owns it at a time, until it disposes it or ends. Silos of a cluster whose state is in Redis use a
/// <see cref="SharedDataFolder"/>.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>The environment variable that names the folder to use where none is given.</summary>
    public const string PathVariable = "NEPTUNE_DATA_DIR";

    private const string OwnerFile = "owner";

    private readonly FileStream _lock;
    private bool _disposed;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
        Artifacts = new ArtifactStore(System.IO.Path.Combine(path, "artifacts"));
        Database = SqliteDatabase.Open(System.IO.Path.Combine(path, "state.db"));
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Data sets, checkpoints and packages.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>Grain state and reminders.</summary>
    public SqliteDatabase Database { get; }

    /// <summary>
    /// <see cref="PathVariable"/>; otherwise <c>neptune</c> under the user's data folder: <c>XDG_DATA_HOME</c> or
    /// <c>~/.local/share</c>, on macOS <c>~/Library/Application Support</c>, on Windows <c>%LOCALAPPDATA%</c>.
    /// </summary>
    public static string DefaultPath =>
        DefaultPathFrom(
            Environment.GetEnvironmentVariable,
            // SpecialFolder.LocalApplicationData is XDG_DATA_HOME or ~/.local/share on Linux, and Windows' and macOS' own.
            Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData,
                Environment.SpecialFolderOption.DoNotVerify
            )
        );

    /// <summary>Makes the folder where it is missing, and takes it.</summary>
    /// <exception cref="DataFolderInUseException">Another process, or this one, has it open.</exception>
    /// <exception cref="StorageException">It cannot be made, written or read; the message says why.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        FileStream? held = null;
        try
        {
            FolderLock.CreateFolder(path);
            held = FolderLock.TryTake(path, shared: false) ?? throw InUse(path);
            RequireNoStartedCluster(path);
            FolderFile.WriteText(path, OwnerFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            File.Delete(System.IO.Path.Combine(path, FolderFile.Cluster));
            return new DataFolder(path, held);
        }
        catch (Exception e)
        {
            held?.Dispose();
            if (DiskError.IsDiskError(e))
                throw DiskError.At(path, e);
            throw;
        }
    }

    /// <summary>The endpoint that the folder's owner published; null where there is none.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public static ClusterEndpoint? ReadEndpoint(string path) => ClusterEndpoint.Read(path);

    /// <summary>Tells other processes where the cluster answers; replaced at once, never half-written.</summary>
    public void PublishEndpoint(ClusterEndpoint endpoint)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        endpoint.Write(Path);
    }

    /// <summary>Closes the database, takes the endpoint back and lets others have the folder.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Database.Dispose();
        FolderFile.DeleteQuietly(Path, FolderFile.Cluster);
        FolderFile.DeleteQuietly(Path, OwnerFile);
        _lock.Dispose();
    }

    internal static string DefaultPathFrom(Func<string, string?> variable, string userData) =>
        variable(PathVariable) is { Length: > 0 } given ? given : System.IO.Path.Combine(userData, "neptune");

    internal static DataFolderInUseException InUse(string path)
    {
        if (ClusterEndpoint.Read(path) is { Redis: { } redis } cluster)
        {
            return new(
                $"'{path}' is in use by {Count(cluster.Silos.Count)} of the cluster with Redis at {redis}. Connect to it "
                    + $"(--cluster {string.Join(',', cluster.Gateways)}), end it, or choose another folder by --data-dir."
            );
        }
        var owner = Owner(path) is { } pid ? $"process {pid}" : "another process";
        return new(
            $"'{path}' is in use by {owner}. Connect to the cluster that it runs, stop it, "
                + "or choose another folder by --data-dir."
        );
    }

    private static string Count(int silos) => silos == 1 ? "a silo" : $"{silos} silos";

    // Its jobs are in Redis: an embedded cluster over the same folder would not see them.
    private static void RequireNoStartedCluster(string path)
    {
        if (StartedCluster.Read(path) is { } started)
        {
            throw new StorageException(
                $"'{path}' belongs to the cluster that `neptune up` started with Redis at {started.Redis}, and none of its silos "
                    + "runs. Start it again by `neptune up`, give it up by `neptune down`, or choose another folder by "
                    + "--data-dir."
            );
        }
    }

    private static string? Owner(string path)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(path, OwnerFile)).Trim();
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            return null;
        }
    }
}
