using System.Globalization;

namespace Neptune.Collectives;

/// <summary>Which processes can reach each other's Unix domain sockets, and where those lie.</summary>
internal static class HostIdentity
{
    private const int MaxPathBytes = 100; // the shortest limit of a supported system is 104

    /// <summary>
    /// The running kernel, the network namespace and a marker file beside the sockets: containers that share a kernel but
    /// not the folder differ.
    /// </summary>
    public static string Find(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return Environment.MachineName;
        var boot = ReadOrEmpty("/proc/sys/kernel/random/boot_id");
        var network = new FileInfo("/proc/self/ns/net").LinkTarget ?? "";
        return string.Create(CultureInfo.InvariantCulture, $"{boot}/{network}/{Marker(folder)}");
    }

    /// <summary>A folder that only this user can enter; null where no short enough one can be made.</summary>
    public static string? SocketFolder()
    {
        foreach (var parent in (string[])[Path.GetTempPath(), "/tmp"])
        {
            var folder = Path.Combine(parent, $"neptune-links-{Environment.UserName}");
            if (System.Text.Encoding.UTF8.GetByteCount(folder) + 40 > MaxPathBytes)
                continue;
            try
            {
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(folder);
                    return folder;
                }
                Directory.CreateDirectory(
                    folder,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
                return folder;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next folder may do; without any, links are TCP.
            }
        }
        return null;
    }

    /// <summary>Deletes the sockets of processes that were killed.</summary>
    public static void RemoveDeadSockets(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.sock"))
        {
            // A new one may be bound and not listen yet.
            var age = TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(path);
            if (age > TimeSpan.FromMinutes(1) && !LinkConnector.CanConnectUnix(path))
                File.Delete(path);
        }
    }

    private static string Marker(string folder)
    {
        var path = Path.Combine(folder, "host");
        var own = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllText(own, Guid.NewGuid().ToString("N"));
            File.Move(own, path, overwrite: false); // fails where another was first: then its marker counts
        }
        catch (IOException)
        {
            File.Delete(own);
        }
        return ReadOrEmpty(path);
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
