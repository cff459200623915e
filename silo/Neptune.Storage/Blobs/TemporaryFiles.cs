using System.Globalization;

namespace Neptune.Storage;

/// <summary>
/// Where artifacts are while they are written: files that bear their writer's name, so that of several processes over one
/// folder each removes only what nobody writes any more.
/// </summary>
internal sealed class TemporaryFiles(string root)
{
    // Longer than any write takes: what is older was left by a machine or a container that is gone.
    private static readonly TimeSpan LongGone = TimeSpan.FromDays(7);

    private readonly string _folder = Path.Combine(root, ".writing");

    // Containers may share a machine's name, but not its process ids.
    private static string Place { get; } = $"{Environment.MachineName}-{ProcessNamespace()}";

    /// <summary>Makes the folder where it is missing, and removes the files of dead processes of this machine.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(_folder);
        foreach (var file in Directory.EnumerateFiles(_folder))
        {
            if (IsLeft(file))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>A new file's path, which nobody else uses.</summary>
    public string NewPath()
    {
        var writer = ProcessIdentity.Current;
        return Path.Combine(
            _folder,
            string.Create(CultureInfo.InvariantCulture, $"{Place},{writer.Id},{writer.Started},{Guid.NewGuid():N}")
        );
    }

    private static bool IsLeft(string file)
    {
        if (
            Path.GetFileName(file).Split(',') is [var place, var id, var started, _]
            && place == Place
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process)
        )
        {
            return !new ProcessIdentity(process, started).IsAlive;
        }
        return TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(file) > LongGone;
    }

    private static string ProcessNamespace()
    {
        try
        {
            // Linux gives pid:[4026531836].
            return OperatingSystem.IsLinux()
                ? string.Concat(new FileInfo("/proc/self/ns/pid").LinkTarget?.Where(char.IsAsciiDigit) ?? [])
                : "";
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            return "";
        }
    }
}
