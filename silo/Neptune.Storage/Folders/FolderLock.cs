namespace Neptune.Storage;

/// <summary>
/// Who may use a data folder: the embedded cluster alone, or any number of silos of one cluster. The system takes the lock
/// back when its process ends, however it ends.
/// </summary>
internal static class FolderLock
{
    private const string LockFile = "lock";

    /// <summary>Null where somebody else holds it.</summary>
    public static FileStream? TryTake(string folder, bool shared, string name = LockFile)
    {
        try
        {
            // .NET locks a file that is opened to be read and shared with LOCK_SH, an unshared one with LOCK_EX.
            return new FileStream(
                Path.Combine(folder, name),
                FileMode.OpenOrCreate,
                shared ? FileAccess.Read : FileAccess.ReadWrite,
                shared ? FileShare.Read : FileShare.None
            );
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            return null;
        }
    }

    /// <summary>Makes the folder where it is missing; only this user may look into it.</summary>
    /// <exception cref="StorageException">It is a file.</exception>
    public static void CreateFolder(string path)
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

    // EWOULDBLOCK on Linux and on macOS; ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows.
    private static bool IsSharingViolation(IOException e) =>
        e.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
