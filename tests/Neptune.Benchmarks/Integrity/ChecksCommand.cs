using System.Diagnostics;
using System.Text.Json;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Hosting;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>checks</c>: the time of steps with the checks of replicas and gradients next to the time without, by turns
/// in one run.
/// </summary>
internal static class ChecksCommand
{
    private const int Nodes = 2;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private sealed record Result(string Workload, double Milliseconds, double Ratio, int Pairs);

    public static async Task<int> RunAsync(bool json, bool quick)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"neptune-bench-{Guid.NewGuid():N}");
        try
        {
            await using var neptune = await LocalCluster.StartAsync(new() { DataDirectory = folder, Nodes = Nodes });
            var digits = await neptune.Data.DigitsAsync();
            var results = new List<Result>();
            foreach (var (name, model, shards, epochs) in CheckedModels.All)
            {
                results.Add(await CompareAsync(neptune, digits, name, model, shards, epochs, quick ? 2 : 8));
            }
            if (json)
            {
                Console.WriteLine(JsonSerializer.Serialize(results, Json));
                return 0;
            }
            var table = new Table { Border = TableBorder.Markdown }.AddColumns(
                "workload",
                "step without",
                "with checks"
            );
            foreach (var r in results)
            {
                table.AddRow(r.Workload, $"{r.Milliseconds:0.00} ms", $"{r.Ratio:0.000} times ({r.Pairs} pairs)");
            }
            AnsiConsole.Write(table);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Result> CompareAsync(
        NeptuneClient neptune,
        DatasetView digits,
        string name,
        ModelGraph.Sequential model,
        int shards,
        int epochs,
        int pairs
    )
    {
        await StepAsync(neptune, digits, model, shards, epochs, checkEvery: 0); // warm
        var without = new List<double>();
        var ratios = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            // Which one goes first takes turns as well.
            var first = await StepAsync(neptune, digits, model, shards, epochs, pair % 2 == 0 ? 0 : 100);
            var second = await StepAsync(neptune, digits, model, shards, epochs, pair % 2 == 0 ? 100 : 0);
            var (plain, verified) = pair % 2 == 0 ? (first, second) : (second, first);
            without.Add(plain);
            ratios.Add(verified / plain);
        }
        return new(name, Statistics.Median(without), Statistics.Median(ratios), pairs);
    }

    // Milliseconds of a step, audits included: the mean over whole hundreds of them.
    private static async Task<double> StepAsync(
        NeptuneClient neptune,
        DatasetView digits,
        ModelGraph.Sequential model,
        int shards,
        int epochs,
        int checkEvery
    )
    {
        var spec = CheckedModels.SpecOf(model, digits, shards, epochs, Nodes) with { CheckEvery = checkEvery };
        var history = await neptune.Jobs.WaitAsync((await neptune.Jobs.SubmitAsync(spec)).Id);
        var steps = (await neptune.Jobs.TraceAsync(history.Job.Id)).First(rank => rank.Rank == 0).Steps;
        var last = steps.Length - 1;
        var first = last - (last / 100 * 100);
        Debug.Assert(first < last, "The job has fewer than 100 steps.");
        return (steps[last].Start - steps[first].Start) / 1e3 / (last - first);
    }
}
