using System.Diagnostics;
using System.Globalization;
using System.Net;
using Neptune.Hosting;

namespace Neptune.Benchmarks;

/// <summary>PyTorch's DistributedDataParallel over gloo, two processes, and two that do not talk, where python3 finds it.</summary>
internal static class PyTorchPair
{
    private const string Bootstrap = "import sys,base64;exec(base64.b64decode(sys.stdin.readline()))";

    /// <summary>Says why there are no numbers; null where there are or none were asked for.</summary>
    public static string? Missing { get; private set; }

    public static async Task<IReadOnlyList<WorkerGroup>> StartAsync(Workload workload, CancellationToken cancellation)
    {
        var script = await PythonProcess.ScriptAsync("ddp.py", cancellation);
        try
        {
            return
            [
                await WorkerGroup.OfAsync("PyTorch DDP, gloo", Starts(workload, together: true), script, cancellation),
                await WorkerGroup.OfAsync(
                    "PyTorch, independent",
                    Starts(workload, together: false),
                    script,
                    cancellation
                ),
            ];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Missing = "PyTorch was not measured: python3 was not found.";
        }
        catch (Exception error) when (error is InvalidOperationException or IOException)
        {
            Missing = $"PyTorch was not measured: {error.Message}";
        }
        return [];
    }

    private static IEnumerable<ProcessStartInfo> Starts(Workload workload, bool together)
    {
        var port = Ports.Free(IPAddress.Loopback).ToString(CultureInfo.InvariantCulture);
        for (var rank = 0; rank < 2; rank++)
        {
            var start = PythonProcess.Start(
                "-c",
                Bootstrap,
                workload.Name.Split(' ')[0],
                workload.Rows.ToString(CultureInfo.InvariantCulture),
                $"{rank}",
                together ? "2" : "1",
                port
            );
            start.Environment["GLOO_SOCKET_IFNAME"] = "lo";
            yield return start;
        }
    }
}
