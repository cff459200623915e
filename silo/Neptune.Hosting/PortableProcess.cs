using System.Collections;
using System.Runtime.InteropServices;
using Neptune.Torch;

namespace Neptune.Hosting;

/// <summary>
/// Puts a process into the instruction mode of <see cref="PortableNumerics"/>, which must be in its environment when it
/// starts.
/// </summary>
public static partial class PortableProcess
{
    /// <summary>
    /// For programs that are a silo: starts the program anew in its own place, with the same process id, arguments and
    /// streams, where it is not in the mode yet. Does not return then.
    /// </summary>
    /// <exception cref="HostingException">The system cannot do that; the message says what to set.</exception>
    public static void Enter()
    {
        if (PortableNumerics.IsActive)
        {
            return;
        }
        if (OperatingSystem.IsWindows())
        {
            throw NotActive("On Windows, set them before the silo starts");
        }
        var variables = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal);
        foreach (var (name, value) in PortableNumerics.Variables)
        {
            variables[name] = value;
        }
        string?[] arguments = [.. OwnProgram.Command, .. Environment.GetCommandLineArgs().Skip(1), null];
        _ = Execute(Environment.ProcessPath!, arguments, [.. variables.Select(v => $"{v.Key}={v.Value}"), null]);
        throw NotActive(
            $"The process cannot be started anew in the mode (error {Marshal.GetLastPInvokeError()}); set them before it starts"
        );
    }

    /// <summary>For programs that embed a cluster.</summary>
    /// <exception cref="HostingException">The process is not in the mode; the message says what to set.</exception>
    public static void Require()
    {
        if (!PortableNumerics.IsActive)
        {
            throw NotActive("Set them before this program starts");
        }
    }

    private static HostingException NotActive(string remedy) =>
        new(
            $"Portable numerics need these environment variables: "
                + $"{string.Join(" ", PortableNumerics.Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"))}. {remedy}."
        );

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
