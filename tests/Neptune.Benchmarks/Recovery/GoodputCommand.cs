using System.Diagnostics;
using System.Globalization;
using Neptune.Contracts;
using Neptune.Processes;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>goodput</c>: committed steps per second while every so many seconds a silo process is killed and started
/// again, next to those of the same job in peace. Stretches under kills and in peace take turns, and each is held against
/// the peace before and after it, since machines change their speed within minutes. The replacements start on the same
/// cores, so what they need for that counts against it.
/// </summary>
internal static class GoodputCommand
{
    private const int Silos = 4;
    private const double ToReach = 0.9;
    private const double LongestStretch = 2.5; // minutes
    private static readonly TimeSpan Peace = TimeSpan.FromMinutes(1);

    private sealed record Result(
        int Kills,
        IReadOnlyList<double> InPeace,
        IReadOnlyList<double> UnderKills,
        double Goodput,
        IReadOnlyList<double> SharesBySecond,
        IReadOnlyList<double> RanksBySecond
    );

    public static async Task<int> RunAsync(double minutes, double secondsBetween, bool json)
    {
        await using var cluster = await SiloCluster.StartAsync(Enumerable.Range(1, Silos).Select(n => $"silo-{n}"));
        var job = await ElasticJob.StartWithLongEpochsAsync(cluster, Silos);
        await job.OnNodesAsync(Silos);
        var (kills, random) = (new List<TimeSpan>(), new Random(1));
        await using var progress = new ProgressRecord(job);
        var stretches = (int)Math.Ceiling(minutes / LongestStretch);
        var inPeace = new List<double> { await PeaceAsync(job) };
        var underKills = new List<double>();
        for (var stretch = 0; stretch < stretches; stretch++)
        {
            underKills.Add(
                await RateAsync(
                    job,
                    TimeSpan.FromMinutes(minutes / stretches),
                    TimeSpan.FromSeconds(secondsBetween),
                    async () =>
                    {
                        var victim = cluster.AnyName(random);
                        kills.Add(progress.Now);
                        cluster.SiloOf(victim).Kill();
                        await cluster.StartSiloAsync(victim);
                        Console.Error.WriteLine($"kill {kills.Count}: {victim}");
                    }
                )
            );
            await job.OnNodesAsync(Silos);
            inPeace.Add(await PeaceAsync(job));
        }
        await progress.EndAsync();
        var generations = (await job.GetAsync()).Generations;
        var expected = inPeace.Zip(inPeace.Skip(1), (before, after) => (before + after) / 2);
        var (peace, under) = (expected.Average(), underKills.Average());
        var seconds = Enumerable.Range(0, (int)secondsBetween);
        double[] shares = [.. seconds.Select(second => progress.RateAfter(kills, second) / peace)];
        double[] ranks = [.. seconds.Select(second => progress.RanksAfter(kills, second))];
        var result = new Result(kills.Count, inPeace, underKills, under / peace, shares, ranks);
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "kills",
            "steps/s in peace",
            "steps/s under kills, in between",
            "goodput",
            "to reach"
        );
        table.AddRow(
            $"{kills.Count}",
            InRow(inPeace, "0"),
            InRow(underKills, "0"),
            string.Create(CultureInfo.InvariantCulture, $"{result.Goodput:0.000}"),
            string.Create(CultureInfo.InvariantCulture, $"{ToReach:0.00}")
        );
        Console.Error.WriteLine($"share of peace's steps, by the second after a kill: {InRow(shares, "0.00")}");
        Console.Error.WriteLine($"ranks, by the second after a kill: {InRow(ranks, "0.0")}");
        return await ElasticOutcome.EndAsync(job, result, table, generations.Sum(g => g.StepsLost), json);
    }

    // After a while in which code that is new is compiled.
    private static async Task<double> PeaceAsync(ElasticJob job)
    {
        await RateAsync(job, Peace / 4, Peace);
        return await RateAsync(job, Peace, Peace);
    }

    private static string InRow(IEnumerable<double> values, string format) =>
        string.Join(' ', values.Select(value => value.ToString(format, CultureInfo.InvariantCulture)));

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
