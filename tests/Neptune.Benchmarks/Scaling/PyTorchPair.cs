using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Neptune.Benchmarks;

/// <summary>PyTorch's DistributedDataParallel over gloo, two processes, and two that do not talk, where python3 finds it.</summary>
internal static class PyTorchPair
{
    private const string Bootstrap = "import sys,base64;exec(base64.b64decode(sys.stdin.readline()))";

    /// <summary>Says why there are no numbers; null where there are or none were asked for.</summary>
    public static string? Missing { get; private set; }

    public static async Task<IReadOnlyList<WorkerGroup>> StartAsync(Workload workload, CancellationToken cancellation)
    {
        using var stream = typeof(PyTorchPair).Assembly.GetManifestResourceStream("ddp.py")!;
        using var reader = new StreamReader(stream);
        var script = await reader.ReadToEndAsync(cancellation);
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
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        for (var rank = 0; rank < 2; rank++)
        {
            var start = new ProcessStartInfo("/usr/bin/env")
            {
                ArgumentList =
                {
                    "python3",
                    "-c",
                    Bootstrap,
                    workload.Name.Split(' ')[0],
                    workload.Rows.ToString(CultureInfo.InvariantCulture),
                    $"{rank}",
                    together ? "2" : "1",
                    port.ToString(CultureInfo.InvariantCulture),
                },
            };
            start.Environment.Remove("OPENBLAS_CORETYPE");
            start.Environment.Remove("OPENBLAS_L2_SIZE");
            start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
            start.Environment["MALLOC_MMAP_MAX_"] = "0";
            start.Environment["MALLOC_ARENA_MAX"] = "1";
            start.Environment["MALLOC_TRIM_THRESHOLD_"] = "2000000000";
            start.Environment["GLOO_SOCKET_IFNAME"] = "lo";
            yield return start;
        }
    }
}
