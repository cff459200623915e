using System.Text.Json;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Hosting;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>checks</c>: the time of steps with the checks of replicas and gradients next to the time without, by turns
/// in one run. A step's time is the median, which other programs on the machine disturb least; of audits, which take
/// part of two steps in a hundred, it is that of both together.
/// </summary>
internal static class ChecksCommand
{
    private const int Nodes = 2;
    private const int CheckEvery = 100;
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
            foreach (var (name, model, shards, epochs, pairs) in CheckedModels.All)
            {
                results.Add(await CompareAsync(neptune, digits, name, model, shards, epochs, quick ? 2 : pairs));
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
        var jobs = (neptune, digits, model, shards, epochs);
        await AddStepsAsync(jobs, checkEvery: 0, [], []); // warm
        var (plain, verified, audits) = (new List<double>(), new List<double>(), new List<double>());
        for (var pair = 0; pair < pairs; pair++)
        {
            // Which one goes first takes turns as well.
            foreach (var checkEvery in pair % 2 == 0 ? [0, CheckEvery] : new[] { CheckEvery, 0 })
            {
                await AddStepsAsync(jobs, checkEvery, checkEvery == 0 ? plain : verified, audits);
            }
        }
        var without = Statistics.Median(plain);
        var with = ((Statistics.Median(verified) * (CheckEvery - 2)) + Statistics.Median(audits)) / CheckEvery;
        return new(name, without, with / without, pairs);
    }

    // Milliseconds of the latest steps, those that audit apart.
    private static async Task AddStepsAsync(
        (NeptuneClient Neptune, DatasetView Digits, ModelGraph.Sequential Model, int Shards, int Epochs) job,
        int checkEvery,
        List<double> steps,
        List<double> audits
    )
    {
        var spec = CheckedModels.SpecOf(job.Model, job.Digits, job.Shards, job.Epochs, Nodes) with
        {
            CheckEvery = checkEvery,
        };
        var history = await job.Neptune.Jobs.WaitAsync((await job.Neptune.Jobs.SubmitAsync(spec)).Id);
        var trace = (await job.Neptune.Jobs.TraceAsync(history.Job.Id)).First(rank => rank.Rank == 0).Steps;
        double Milliseconds(int from, int to) => (trace[to].Start - trace[from].Start) / 1e3;
        for (var i = CheckEvery / 2; i + 2 < trace.Length; i++)
        {
            // The neighbour's shard is computed before the step's time begins, so in that of the step before.
            if (checkEvery > 0 && trace[i].Step % checkEvery == 0)
            {
                audits.Add(Milliseconds(i, i + 2));
                i++;
            }
            else
            {
                steps.Add(Milliseconds(i, i + 1));
            }
        }
    }
}
