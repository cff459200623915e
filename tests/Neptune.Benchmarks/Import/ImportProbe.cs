using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Neptune.Formats;
using Neptune.ModelGraph;

namespace Neptune.Benchmarks;

/// <summary>What a child process of the command <c>import</c> does: it imports one file, and tells what that took.</summary>
internal static class ImportProbe
{
    public const string Command = "import-probe";

    /// <summary>Reads a line with the file and, for mere weights, the graph; prints a line with time and memory.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var task = JsonSerializer.Deserialize<ImportTask>((await Console.In.ReadLineAsync(cancellation))!)!;
        var start = Stopwatch.GetTimestamp();
        var graph = task.Graph is { } json
            ? GraphJson.ReadInference(await File.ReadAllBytesAsync(json, cancellation)).Graph
            : null;
        var model = ModelFormats.Import(task.File, new() { Onto = graph });
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(
            JsonSerializer.Serialize(
                new ImportCost(
                    seconds,
                    PeakBytes(),
                    WeightsHash.Of(model.Graph, model.Weights),
                    model.Weights.Values.Sum(value => (long)value.Bytes.Length)
                )
            )
        );
        return 0;
    }

    /// <summary>The most memory that this process has had in RAM at a time.</summary>
    private static long PeakBytes()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim(" \tkB"), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
    }
}
