using System.Globalization;
using System.Text.Json;
using Neptune.Contracts;
using Neptune.Hosting;
using Neptune.ModelGraph;
using Spectre.Console;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>straggler</c>: one of four nodes becomes five times slower while a job of 64 shards trains. The speeds are
/// made by fault injection: each shard takes at least so long, so that four nodes need not share two cores' time.
/// </summary>
internal static class StragglerCommand
{
    private const int Nodes = 4;
    private const int Shards = 64;
    private const double ShardMilliseconds = 4;
    private const double Slowdown = 5;
    private const long SlowFrom = 40;
    private const long Steps = 130;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> RunAsync(bool json)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"neptune-bench-{Guid.NewGuid():N}");
        try
        {
            await using var neptune = await LocalCluster.StartAsync(
                new()
                {
                    DataDirectory = folder,
                    Nodes = Nodes,
                    Faults = Faults(),
                }
            );
            var digits = await neptune.Data.DigitsAsync();
            var model = Sequential
                .Of(Flatten(), Dense(32, Relu), Dense(10, Softmax))
                .Compile(Adam(), SparseCategoricalCrossentropy());
            var steps = digits.Info.Splits["train"] / Shards; // one sample a shard
            var history = await neptune.FitAsync(
                model,
                digits,
                epochs: (int)((Steps + steps - 1) / steps),
                validationSplit: 0,
                perDeviceBatchSize: 1,
                shards: Shards,
                nodes: Nodes
            );
            var times = await TimesAsync(neptune, history.Job.Id);
            return Report(history.Job, times, json);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Faults() =>
        string.Join(
            ';',
            Enumerable
                .Range(0, Nodes)
                .Select(n => string.Create(CultureInfo.InvariantCulture, $"pace@0:{ShardMilliseconds}=cpu:{n}"))
                .Append(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"pace@{SlowFrom}:{ShardMilliseconds * Slowdown}=cpu:{Nodes - 1}"
                    )
                )
        );

    // From the start of each step to that of the next, in milliseconds.
    private static async Task<Dictionary<long, double>> TimesAsync(Client.NeptuneClient neptune, JobId job)
    {
        var trace = (await neptune.Jobs.TraceAsync(job)).First(rank => rank.Rank == 0).Steps;
        return trace
            .Zip(trace.Skip(1))
            .ToDictionary(pair => pair.First.Step - 1, pair => (pair.Second.Start - pair.First.Start) / 1e3);
    }

    private static int Report(JobSnapshot job, Dictionary<long, double> times, bool json)
    {
        var recut = job.Generations.FirstOrDefault(g => g.From.Step > SlowFrom);
        var before = Median(times, SlowFrom / 2, SlowFrom);
        var slow = Median(times, SlowFrom, recut?.From.Step ?? Steps);
        var after = recut is null ? double.NaN : Median(times, recut.From.Step, recut.From.Step + 10);
        var result = new
        {
            before,
            slow = slow / before,
            noticedAfterSteps = recut?.From.Step - SlowFrom,
            pauseMilliseconds = recut?.PauseSeconds * 1e3,
            after = after / before,
            best = ((Nodes - 1) + 1.0) / ((Nodes - 1) + (1 / Slowdown)),
            shards = job.Ranks.Select(r => r.Range.Count),
            cause = recut?.Cause,
        };
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(result, Json));
            return 0;
        }
        AnsiConsole.WriteLine(
            $"""
            before              {before:0.0} ms a step
            slowed, equal cut   {result.slow:0.00} times
            cut anew after      {result.noticedAfterSteps} steps, with a pause of {result.pauseMilliseconds:0} ms
            the 10 steps then   {result.after:0.00} times (best possible: {result.best:0.00})
            shards              {string.Join(", ", result.shards)}
            cause               {result.cause}
            """
        );
        return 0;
    }

    private static double Median(Dictionary<long, double> times, long from, long to) =>
        Statistics.Median(times.Where(t => t.Key >= from && t.Key < to).Select(t => t.Value));
}
