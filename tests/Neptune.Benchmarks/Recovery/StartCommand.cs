using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Neptune.Processes;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>start</c>: how long after the start of its process a further silo's node is listed in a cluster that is
/// there, and what processor time the process needed until then.
/// </summary>
internal static class StartCommand
{
    private const double ToReach = 2; // seconds
    private const string Silo = "silo-2";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private sealed record Start(double Seconds, double ProcessorSeconds);

    public static async Task<int> RunAsync(int count, bool json)
    {
        await using var cluster = await SiloCluster.StartAsync("silo-1");
        var starts = new List<Start>();
        for (var i = 0; i < count; i++)
        {
            var clock = Stopwatch.StartNew();
            var answered = cluster.StartSiloAsync(Silo);
            await UntilAsync(cluster, isListed: true);
            var seconds = clock.Elapsed.TotalSeconds;
            await answered;
            using (var process = Process.GetProcessById(cluster.SiloOf(Silo).Id))
            {
                starts.Add(new(seconds, process.TotalProcessorTime.TotalSeconds));
            }
            await cluster.SiloOf(Silo).TerminateAsync();
            await UntilAsync(cluster, isListed: false);
        }
        Report(starts, json);
        return 0;
    }

    private static async Task UntilAsync(SiloCluster cluster, bool isListed)
    {
        while ((await cluster.Client.Nodes.ListAsync()).Any(node => node.Id.Host == Silo) != isListed)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5)); // as exact as what is measured must be
        }
    }

    private static void Report(List<Start> starts, bool json)
    {
        var listed = starts.Select(s => s.Seconds).ToArray();
        var result = new
        {
            count = starts.Count,
            p50 = Statistics.Median(listed),
            shortest = listed.Min(),
            longest = listed.Max(),
            processor = Statistics.Median(starts.Select(s => s.ProcessorSeconds)),
            toReach = ToReach,
        };
        AnsiConsole.WriteLine(
            json
                ? JsonSerializer.Serialize(result, Json)
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.count} starts: listed after {result.p50:0.00} s (median; {result.shortest:0.00} to {result.longest:0.00}; to reach: {ToReach:0}), {result.processor:0.00} s of processor time"
                )
        );
    }
}
