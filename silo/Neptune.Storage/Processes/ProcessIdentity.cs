using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Neptune.Storage;

/// <summary>A process of this machine: its id and when it started, for ids are used again.</summary>
/// <param name="Id">The process's id.</param>
/// <param name="Started">When it started, in the system's own words; equal for the same process only.</param>
public readonly record struct ProcessIdentity(int Id, string Started)
{
    // Fields of /proc/ID/stat after the name, which may itself hold spaces and parentheses.
    private const int StateField = 0;
    private const int StartField = 19;

    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = Of(Environment.ProcessId)!.Value;

    /// <summary>True while this very process runs. A dead one that nobody has waited for does not.</summary>
    [JsonIgnore]
    public bool IsAlive => Of(Id) == this;

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
}
