using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Neptune.Storage;

/// <summary>A process of this machine: its id and when it started, for ids are used again.</summary>
/// <param name="Id">The process's id.</param>
/// <param name="Started">When it started, in the system's own words; equal for the same process only.</param>
public readonly partial record struct ProcessIdentity(int Id, string Started)
{
    // Fields of /proc/ID/stat after the name, which may itself hold spaces and parentheses.
    private const int StateField = 0;
    private const int StartField = 19;

    private const int Sigterm = 15;
    private const int Sigkill = 9;

    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = Of(Environment.ProcessId)!.Value;

    /// <summary>True while this very process runs. A dead one that nobody has waited for does not.</summary>
    [JsonIgnore]
    public bool IsAlive => Of(Id) == this;

    /// <summary>Asks this very process to end: SIGTERM. Nothing happens where it has ended.</summary>
    public void Terminate() => Send(Sigterm);

    /// <summary>Ends this very process at once: SIGKILL. Nothing happens where it has ended.</summary>
    public void Kill() => Send(Sigkill);

    /// <summary>
    /// Makes this process one of its own session, which neither a terminal's Ctrl-C nor its end reaches. Unix only.
    /// </summary>
    public static void LeaveTerminal() => _ = SetSession();

    /// <summary>The process that has an id now; null where none runs.</summary>
    public static ProcessIdentity? Of(int id) =>
        (OperatingSystem.IsLinux() ? StartedOnLinux(id) : StartedElsewhere(id)) is { } started
            ? new(id, started)
            : null;

    private static string? StartedOnLinux(int id)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[StateField] is "Z" or "X" ? null : fields[StartField];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? StartedElsewhere(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited
                ? null
                : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private void Send(int signal)
    {
        if (IsAlive)
        {
            _ = Signal(Id, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetSession();
}
