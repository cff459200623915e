using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Neptune.Storage;

/// <summary>
/// Puts a folder's entries on the disk: on Unix a renamed file may otherwise be gone after a power cut, though its bytes
/// were flushed. .NET opens no folders, so this asks libc. Windows needs, and has, nothing of the kind.
/// </summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
        // Some file systems cannot sync folders; what could be done has been done.
        if (!handle.IsInvalid)
            _ = Sync(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(SafeFileHandle handle);
}
