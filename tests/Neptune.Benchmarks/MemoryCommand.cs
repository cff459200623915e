using System.Globalization;
using System.Text.Json;

namespace Neptune.Benchmarks;

/// <summary>The command <c>memory</c>: native memory does not grow with steps.</summary>
internal static class MemoryCommand
{
    private const double Tolerance = 0.03;

    public static async Task<int> RunAsync(bool json, CancellationToken cancellation)
    {
        var workload = Workload.SmallMlp;
        await using (var warmUp = new NodesContender())
        {
            // The runtime compiles hot code anew for some thousand steps, which takes megabytes of its own.
            await warmUp.PrepareAsync(workload, cancellation);
            await warmUp.TrainAsync(6_000, cancellation);
        }
        await using var contender = new NodesContender();
        await contender.PrepareAsync(workload, cancellation);
        var at = new SortedDictionary<int, long>();
        var done = 0;
        foreach (var step in new[] { 100, 1_000, 5_000, 10_000 })
        {
            await contender.TrainAsync(step - done, cancellation);
            done = step;
            at[step] = Settled();
        }
        var grown = (double)at[10_000] / at[100];
        var ok = grown <= 1 + Tolerance;
        Console.WriteLine(
            json
                ? JsonSerializer.Serialize(
                    new
                    {
                        bytesAtStep = at,
                        grown,
                        ok,
                    }
                )
                : $"{workload.Name}: resident without the managed heap "
                    + string.Join(", ", at.Select(a => $"{a.Value / 1e6:F1} MB at step {a.Key:N0}"))
                    + $": x {grown:F3}, {(ok ? "steady" : $"more than the tolerated {Tolerance:P0}")}"
        );
        return ok ? 0 : 1;
    }

    // Resident memory that no file backs, but for the managed heap, which has a collector of its own.
    private static long Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet;
        }
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        var resident = long.Parse(line.AsSpan(8).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
        return resident - GC.GetGCMemoryInfo(GCKind.FullBlocking).TotalCommittedBytes;
    }
}
