using System.Diagnostics;
using System.Globalization;

namespace Neptune.Redis.Tests;

/// <summary>
/// Machines of one's own: network namespaces joined by a switch in another one, with addresses 10.77.0.1 and so on. All of
/// it is gone with the object, and the machine's own network is not touched.
/// </summary>
internal sealed class Namespaces : IDisposable
{
    private const string Hub = "hub";

    private readonly string _prefix = $"np{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..4]}";
    private readonly List<string> _made = [];
    private readonly List<LossyLink> _links = [];

    public Namespaces(int machines)
    {
        try
        {
            var hub = Add(Hub);
            Run("ip", "-n", hub, "link", "add", "br0", "type", "bridge");
            Run("ip", "-n", hub, "link", "set", "br0", "up");
            for (var machine = 1; machine <= machines; machine++)
            {
                var name = Add($"{machine}");
                string[] pair = ["type", "veth", "peer", "name", $"port{machine}", "netns", hub];
                Run("ip", ["link", "add", "eth0", "netns", name, .. pair]);
                Plug(machine, $"port{machine}");
                Run("ip", "-n", name, "link", "set", "lo", "up");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public static void SkipWithout()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Network namespaces need root."
        );
        Assert.SkipUnless(
            File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip"),
            "There is no iproute2. As root: apt-get install iproute2."
        );
        var probe = $"np{Environment.ProcessId}-probe";
        Assert.SkipUnless(
            TryRun("ip", "netns", "add", probe).ExitCode == 0,
            "This machine lets nobody make network namespaces."
        );
        TryRun("ip", "netns", "del", probe);
    }

    public static string AddressOf(int machine) => $"10.77.0.{machine}";

    /// <summary>The start of a command line that runs on a machine; the process keeps its id.</summary>
    public IEnumerable<string> On(int machine) => ["ip", "netns", "exec", NameOf(machine)];

    /// <summary>Delays and loses what a machine sends: by netem, or by a cable of its own where the kernel has none.</summary>
    public void Impair(int machine, TimeSpan delay, double loss)
    {
        string[] rule =
        [
            "netem",
            "delay",
            string.Create(CultureInfo.InvariantCulture, $"{delay.TotalMilliseconds}ms"),
            "loss",
            string.Create(CultureInfo.InvariantCulture, $"{loss * 100}%"),
        ];
        string[] add = ["tc", "qdisc", "add", "dev", "eth0", "root"];
        if (TryRun("ip", ["netns", "exec", NameOf(machine), .. add, .. rule]).ExitCode != 0)
        {
            Rewire(machine, delay, loss);
        }
    }

    /// <summary>Frames that were lost on purpose; null where the kernel did it, uncounted.</summary>
    public int? Lost => _links.Count == 0 ? null : _links.Sum(link => link.Lost);

    /// <summary>The established TCP connections of a machine's port.</summary>
    public string ConnectionsOf(int machine, int port) =>
        TryRun(
            "ip",
            ["netns", "exec", NameOf(machine), "ss", "-Htn", "state", "established", $"sport = :{port}"]
        ).Output;

    public void Dispose()
    {
        foreach (var link in _links)
        {
            link.Dispose();
        }
        foreach (var name in _made)
        {
            TryRun("ip", "netns", "del", name);
        }
    }

    private string NameOf(int machine) => $"{_prefix}-{machine}";

    private void Rewire(int machine, TimeSpan delay, double loss)
    {
        var name = NameOf(machine);
        string[] devices = [$"np-{_prefix[^4..]}-{machine}a", $"np-{_prefix[^4..]}-{machine}b"]; // of this process's namespace, for a moment
        _links.Add(new(devices[0], devices[1], delay, loss, machine));
        Run("ip", "-n", name, "link", "del", "eth0");
        Run("ip", "link", "set", devices[0], "netns", name, "name", "eth0");
        Run("ip", "link", "set", devices[1], "netns", $"{_prefix}-{Hub}");
        Plug(machine, devices[1]);
    }

    // The machine's eth0, whose other end is that port of the switch, gets its address.
    private void Plug(int machine, string port)
    {
        Run("ip", "-n", $"{_prefix}-{Hub}", "link", "set", port, "master", "br0", "up");
        Run("ip", "-n", NameOf(machine), "addr", "add", $"{AddressOf(machine)}/24", "dev", "eth0");
        Run("ip", "-n", NameOf(machine), "link", "set", "eth0", "up");
    }

    private string Add(string machine)
    {
        var name = $"{_prefix}-{machine}";
        Run("ip", "netns", "add", name);
        _made.Add(name);
        return name;
    }

    private static void Run(string program, params IEnumerable<string> arguments)
    {
        var (exitCode, output) = TryRun(program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}");
    }

    private static (int ExitCode, string Output) TryRun(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
