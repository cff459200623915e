using System.Text.Json;
using Neptune.Contracts;
using Neptune.Processes;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>recovery</c>: how long a job on four silo processes pauses when one of them is killed or frozen, from the
/// last step before to the first one after, and whether its weights are those of a quiet run at the end.
/// </summary>
internal static class RecoveryCommand
{
    private const int Silos = 4;
    private const int StepsBetween = 100;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private sealed record Result(string Event, int Count, double P50, double P99, double Longest, long StepsLost);

    public static async Task<int> RunAsync(int events, bool json)
    {
        await using var cluster = await SiloCluster.StartAsync(Enumerable.Range(1, Silos).Select(n => $"silo-{n}"));
        var job = await ElasticJob.StartAsync(cluster, Silos);
        var random = new Random(1);
        var killed = new List<GenerationChange>();
        var frozen = new List<GenerationChange>();
        for (var i = 0; i < events; i++)
        {
            killed.Add(Told("SIGKILL", await KillAsync(cluster, job, random)));
            frozen.Add(Told("SIGSTOP", await FreezeAsync(cluster, job, random)));
        }
        await WholeAsync(cluster, job);
        var (ended, repeated) = await job.EndAndRepeatAsync();
        var (step, own, quiet) = (ended.Package!.Step, ended.Package.WeightsSha256, repeated.Package!.WeightsSha256);
        Result[] results = [Of("SIGKILL", killed), Of("SIGSTOP", frozen)];
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        results,
                        step,
                        equal = own == quiet,
                    },
                    Json
                )
            );
            return own == quiet ? 0 : 1;
        }
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "event",
            "count",
            "pause p50",
            "pause p99",
            "longest",
            "steps lost"
        );
        foreach (var r in results)
        {
            table.AddRow(
                r.Event,
                $"{r.Count}",
                $"{r.P50 * 1e3:N0} ms",
                $"{r.P99 * 1e3:N0} ms",
                $"{r.Longest * 1e3:N0} ms",
                $"{r.StepsLost}"
            );
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(
            own == quiet ? $"After {step:N0} steps the weights are those of a quiet run." : "THE WEIGHTS DIFFER."
        );
        return own == quiet ? 0 : 1;
    }

    private static async Task<GenerationChange> KillAsync(SiloCluster cluster, ElasticJob job, Random random)
    {
        var victim = await VictimAsync(cluster, job, random);
        cluster.SiloOf(victim.Node.Host).Kill();
        var change = await job.PauseOfAsync(await job.WithoutAsync(victim.Node, victim.Generation));
        await cluster.StartSiloAsync(victim.Node.Host);
        return change;
    }

    private static async Task<GenerationChange> FreezeAsync(SiloCluster cluster, ElasticJob job, Random random)
    {
        var victim = await VictimAsync(cluster, job, random);
        var process = cluster.SiloOf(victim.Node.Host);
        GenerationChange change;
        await using (var client = await cluster.ClientWithoutAsync(victim.Node.Host))
        {
            Signals.Send(process.Id, Signals.Stop);
            change = await job.WithoutAsync(victim.Node, victim.Generation, client);
        }
        process.Kill(); // it would come back, or end itself where it was declared dead meanwhile
        change = await job.PauseOfAsync(change);
        await cluster.StartSiloAsync(victim.Node.Host);
        return change;
    }

    private sealed record Victim(NodeId Node, int Generation);

    private static async Task<Victim> VictimAsync(SiloCluster cluster, ElasticJob job, Random random)
    {
        await WholeAsync(cluster, job);
        var snapshot = await job.StepsMoreAsync(StepsBetween);
        return new(snapshot.Ranks[random.Next(snapshot.Ranks.Length)].Node, snapshot.Generation);
    }

    private static Task WholeAsync(SiloCluster cluster, ElasticJob job) =>
        cluster.UntilAsync(job.Id, snapshot => snapshot.Ranks.Length == Silos);

    // A long run shows how far it is, and what its longest pauses come from.
    private static GenerationChange Told(string name, GenerationChange change)
    {
        Console.Error.WriteLine(
            FormattableString.Invariant(
                $"{name}: generation {change.Number} after {change.PauseSeconds:0.000} s: {change.Cause}"
            )
        );
        return change;
    }

    private static Result Of(string name, List<GenerationChange> changes)
    {
        var pauses = changes.Select(c => c.PauseSeconds).OfType<double>().Order().ToArray();
        return new(
            name,
            pauses.Length,
            pauses[pauses.Length / 2],
            pauses[Math.Min(pauses.Length - 1, (int)(pauses.Length * 0.99))],
            pauses[^1],
            changes.Sum(c => c.StepsLost)
        );
    }
}
