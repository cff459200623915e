using System.Globalization;
using System.Text.Json;

namespace Neptune.Storage;

/// <summary>
/// The folder that holds all of an embedded cluster: <c>state.db</c>, <c>artifacts/</c>, <c>cluster.json</c> and
/// <c>lock</c>. One process owns it at a time, until it disposes it or ends.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>The environment variable that names the folder to use where none is given.</summary>
    public const string PathVariable = "NEPTUNE_DATA_DIR";

    private const string LockFile = "lock";
    private const string OwnerFile = "owner";
    private const string ClusterFile = "cluster.json";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

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
            Create(path);
            held = TakeLock(path);
            WriteWhole(path, OwnerFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            File.Delete(System.IO.Path.Combine(path, ClusterFile));
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
    public static ClusterEndpoint? ReadEndpoint(string path)
    {
        var file = System.IO.Path.Combine(path, ClusterFile);
        try
        {
            return JsonSerializer.Deserialize<ClusterEndpoint>(File.ReadAllBytes(file), Json);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new StorageException(
                $"'{file}' is no endpoint of a cluster: {e.Message} Delete it, and start the cluster again.",
                e
            );
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(file, e);
        }
    }

    /// <summary>Tells other processes where the cluster answers; replaced at once, never half-written.</summary>
    public void PublishEndpoint(ClusterEndpoint endpoint)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            WriteWhole(Path, ClusterFile, JsonSerializer.Serialize(endpoint, Json));
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(System.IO.Path.Combine(Path, ClusterFile), e);
        }
    }

    /// <summary>Closes the database, takes the endpoint back and lets others have the folder.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Database.Dispose();
        try
        {
            File.Delete(System.IO.Path.Combine(Path, ClusterFile));
            File.Delete(System.IO.Path.Combine(Path, OwnerFile));
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            // Whoever opens the folder next removes them.
        }
        _lock.Dispose();
    }

    internal static string DefaultPathFrom(Func<string, string?> variable, string userData) =>
        variable(PathVariable) is { Length: > 0 } given ? given : System.IO.Path.Combine(userData, "neptune");

    private static void Create(string path)
    {
        if (File.Exists(path))
        {
            throw new StorageException($"'{path}' cannot be used: it is a file. Choose a folder by --data-dir.");
        }
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStream TakeLock(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            var owner = Owner(path) is { } pid ? $"process {pid}" : "another process";
            throw new DataFolderInUseException(
                $"'{path}' is in use by {owner}. Connect to the cluster that it runs, stop it, "
                    + "or choose another folder by --data-dir.",
                e
            );
        }
    }

    // EWOULDBLOCK on Linux and on macOS; ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows.
    private static bool IsSharingViolation(IOException e) =>
        e.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

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

    private static void WriteWhole(string folder, string name, string text)
    {
        var path = System.IO.Path.Combine(folder, name);
        var temporary = path + ".part";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
