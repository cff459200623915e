using System.Diagnostics;
using System.Globalization;

namespace Neptune.Processes;

/// <summary>
/// Cuts the connections that a silo has accepted from others for gradients, as a network does that fails: Linux destroys the
/// sockets, and both ends see an error. It takes root, iproute2, and silos that use TCP and a fixed port.
/// </summary>
public sealed class LinkCutter
{
    private readonly Dictionary<string, int> _ports = [];

    /// <summary>Why it cannot be done here; null where it can.</summary>
    public static string? WhyNot =>
        !OperatingSystem.IsLinux() ? "links are cut on Linux only"
        : !Environment.IsPrivilegedProcess ? "links are cut by root only"
        : !File.Exists("/bin/ss") && !File.Exists("/usr/bin/ss") ? "links are cut by ss, of iproute2, which is missing"
        : null;

    /// <summary>What a silo is to be started with.</summary>
    public IEnumerable<string> ArgumentsOf(string silo)
    {
        if (!_ports.TryGetValue(silo, out var port))
        {
            _ports[silo] = port = FreePort.Pick();
        }
        return ["--links", "tcp", "--data-port", port.ToString(CultureInfo.InvariantCulture)];
    }

    /// <summary>Cuts them.</summary>
    /// <returns>How many.</returns>
    public async Task<int> CutAsync(string silo)
    {
        using var process =
            Process.Start(
                new ProcessStartInfo("ss", ["-K", "-t", "-n", "-H", "sport", "=", $":{_ports[silo]}"])
                {
                    RedirectStandardOutput = true,
                }
            ) ?? throw new InvalidOperationException("ss did not start.");
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? lines.Length
            : throw new InvalidOperationException($"ss ended with {process.ExitCode}.");
    }
}
