using System.Diagnostics;
using System.Globalization;
using Neptune.Contracts;
using Neptune.Processes;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>goodput</c>: committed steps per second while every so many seconds a silo process is killed and started
/// again, next to those of the same job in peace, before and after. The replacements start on the same cores, so what they
/// need for that counts against it.
/// </summary>
internal static class GoodputCommand
{
    private const int Silos = 4;
    private const double ToReach = 0.9;
    private static readonly TimeSpan Peace = TimeSpan.FromMinutes(1);

    private sealed record Result(
        int Kills,
        double InPeace,
        double UnderKills,
        double Goodput,
        IReadOnlyList<double> SharesBySecond
    );

    public static async Task<int> RunAsync(double minutes, double secondsBetween, bool json)
    {
        await using var cluster = await SiloCluster.StartAsync(Enumerable.Range(1, Silos).Select(n => $"silo-{n}"));
        var job = await ElasticJob.StartWithLongEpochsAsync(cluster, Silos);
        await job.OnNodesAsync(Silos);
        await RateAsync(job, Peace / 4, Peace); // the first steps are compiled
        var before = await RateAsync(job, Peace, Peace);
        var (kills, random) = (new List<TimeSpan>(), new Random(1));
        await using var progress = new ProgressRecord(job);
        var under = await RateAsync(
            job,
            TimeSpan.FromMinutes(minutes),
            TimeSpan.FromSeconds(secondsBetween),
            async () =>
            {
                var victim = cluster.AnyName(random);
                kills.Add(progress.Now);
                cluster.SiloOf(victim).Kill();
                await cluster.StartSiloAsync(victim);
                Console.Error.WriteLine($"kill {kills.Count}: {victim}");
            }
        );
        await progress.EndAsync();
        await job.OnNodesAsync(Silos);
        var after = await RateAsync(job, Peace, Peace);
        var generations = (await job.GetAsync()).Generations;
        var peace = (before + after) / 2;
        var seconds = Enumerable.Range(0, (int)secondsBetween);
        double[] shares = [.. seconds.Select(second => progress.RateAfter(kills, second) / peace)];
        var result = new Result(kills.Count, peace, under, under / peace, shares);
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "kills",
            "steps/s in peace, before and after",
            "steps/s under kills",
            "goodput",
            "to reach"
        );
        table.AddRow(
            $"{kills.Count}",
            string.Create(CultureInfo.InvariantCulture, $"{before:0.0}, {after:0.0}"),
            string.Create(CultureInfo.InvariantCulture, $"{under:0.0}"),
            string.Create(CultureInfo.InvariantCulture, $"{result.Goodput:0.000}"),
            string.Create(CultureInfo.InvariantCulture, $"{ToReach:0.00}")
        );
        Console.Error.WriteLine(
            "share of peace's steps, by the second after a kill: "
                + string.Join(' ', shares.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s:0.00}")))
        );
        return await ElasticOutcome.EndAsync(job, result, table, generations.Sum(g => g.StepsLost), json);
    }

    // Committed steps per second of a stretch, in which something happens every period; it ends where the last has.
    private static async Task<double> RateAsync(
        ElasticJob job,
        TimeSpan length,
        TimeSpan period,
        Func<Task>? happen = null
    )
    {
        var (clock, first) = (Stopwatch.StartNew(), (await job.GetAsync()).Step);
        while (clock.Elapsed < length)
        {
            var next = clock.Elapsed + period;
            if (happen is not null)
            {
                await happen();
            }
            var left = (next < length ? next : length) - clock.Elapsed;
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero); // the stretch itself
        }
        return ((await job.GetAsync()).Step - first) / clock.Elapsed.TotalSeconds;
    }
}
