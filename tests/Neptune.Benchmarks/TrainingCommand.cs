using System.Text.Json;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>The command <c>training</c>.</summary>
internal static class TrainingCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> RunAsync(
        bool json,
        bool quick,
        string? peer,
        string? only,
        CancellationToken cancellation
    )
    {
        var blocks = quick ? 4 : 16;
        var results = new List<Measurement>();
        foreach (var workload in new[] { Workload.SmallMlp, Workload.Cnn, Workload.LargeMlp }.Where(Wanted))
        {
            results.AddRange(
                await TrainingBenchmark.RunAsync(
                    workload,
                    [new NodesContender(), new NodesContender(nodes: 2), new PlainContender()],
                    blocks,
                    cancellation
                )
            );
            if (peer is not null)
            {
                results.AddRange(await PyTorchPeer.RunAsync(workload, blocks, cancellation));
            }
        }
        if (Wanted(Workload.WideCnn))
        {
            results.AddRange(
                await TrainingBenchmark.RunAsync(
                    Workload.WideCnn,
                    [new NodesContender(shards: 8), new NodesContender(shards: 1), new PlainContender()],
                    blocks,
                    cancellation
                )
            );
        }
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(new { measurements = results, missing = PyTorchPeer.Missing }, Json)
            );
        }
        else
        {
            Print(results);
        }
        return 0;

        bool Wanted(Workload workload) =>
            only is null || workload.Name.Contains(only, StringComparison.OrdinalIgnoreCase);
    }

    private static void Print(List<Measurement> results)
    {
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "workload",
            "who",
            "samples/s (median)",
            "best block",
            "ratio",
            "per CPU-s",
            "ratio",
            "loss"
        );
        foreach (var group in results.GroupBy(r => r.Workload))
        {
            var neptune = group.First();
            foreach (var result in group)
            {
                table.AddRow(
                    result.Workload,
                    result.Contender,
                    $"{result.SamplesPerSecond:N0}",
                    $"{result.BestSamplesPerSecond:N0}",
                    $"{neptune.SamplesPerSecond / result.SamplesPerSecond:F2}",
                    $"{result.SamplesPerCpuSecond:N0}",
                    $"{neptune.SamplesPerCpuSecond / result.SamplesPerCpuSecond:F2}",
                    $"{result.Loss:F4}"
                );
            }
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(
            "ratio: Neptune's samples over those of the row, per second and per second of processor time."
        );
        if (PyTorchPeer.Missing is { } missing)
        {
            AnsiConsole.WriteLine(missing);
        }
    }
}
