using System.Text.RegularExpressions;
using Neptune.Contracts;

namespace Neptune.Hosting;

/// <summary>Checks the names of silos and of their devices.</summary>
public static partial class SiloNames
{
    /// <summary>The machine's name, as the name of a silo.</summary>
    public static string OfMachine
    {
        get
        {
            var name = NotInNames().Replace(Environment.MachineName, "-").Trim('-', '.', '_');
            return name.Length == 0 ? "silo" : name[..Math.Min(name.Length, 80)];
        }
    }

    /// <summary>The names of so many CPU devices.</summary>
    public static IReadOnlyList<string> CpuDevices(int count) =>
        [.. Enumerable.Range(0, count).Select(n => $"cpu:{n}")];

    /// <summary>Makes sure that all nodes of a silo get a name.</summary>
    /// <exception cref="ArgumentException">The silo's or a device's name is none; the message says what would be.</exception>
    public static void Check(string silo, IReadOnlyList<string> devices)
    {
        if (!SiloName().IsMatch(silo))
        {
            throw new ArgumentException(
                $"'{silo}' is no name of a silo: use letters, digits, dots, dashes and underscores, at most 100, by --name."
            );
        }
        if (devices.Count == 0)
        {
            throw new ArgumentException("The silo has no device: give some by --devices, such as cpu:0,cpu:1.");
        }
        foreach (var device in devices)
        {
            if (!DeviceName().IsMatch(device))
            {
                throw new ArgumentException(
                    $"'{device}' is no device: use cpu:N or cuda:N, such as --devices cpu:0,cpu:1."
                );
            }
            _ = new NodeId($"{silo}/{device}");
        }
        if (devices.GroupBy(device => device).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"{twice.Key} is given twice in --devices: a device is one node.");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex SiloName();

    [GeneratedRegex("[^A-Za-z0-9._-]", RegexOptions.CultureInvariant)]
    private static partial Regex NotInNames();

    [GeneratedRegex("^(cpu|cuda):(0|[1-9][0-9]{0,3})$", RegexOptions.CultureInvariant)]
    private static partial Regex DeviceName();
}
