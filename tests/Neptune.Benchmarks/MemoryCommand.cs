using System.Globalization;
using System.Text.Json;

namespace Neptune.Benchmarks;

/// <summary>The command <c>memory</c>: native memory does not grow with steps.</summary>
internal static class MemoryCommand
{
    private const double Tolerance = 0.02;

    public static async Task<int> RunAsync(bool json, CancellationToken cancellation)
    {
        var workload = Workload.SmallMlp;
        await using var contender = new ReplicaContender();
        await contender.PrepareAsync(workload, cancellation);
        await contender.TrainAsync(100, cancellation);
        var at100 = Settled();
        await contender.TrainAsync(9_900, cancellation);
        var at10000 = Settled();
        var grown = (double)at10000 / at100;
        var ok = grown <= 1 + Tolerance;
        Console.WriteLine(
            json
                ? JsonSerializer.Serialize(
                    new
                    {
                        at100,
                        at10000,
                        grown,
                        ok,
                    }
                )
                : $"{workload.Name}: resident {at100 / 1e6:F1} MB at step 100, {at10000 / 1e6:F1} MB at step 10,000: "
                    + $"x {grown:F3}, {(ok ? "steady" : $"more than the tolerated {Tolerance:P0}")}"
        );
        return ok ? 0 : 1;
    }

    // The managed heap is not what is measured: collect it first.
    private static long Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet;
        }
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(8).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
    }
}
