using System.Diagnostics;
using System.Globalization;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Processes;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>coordinator</c>: the silo whose grain manages a job is killed, with a node of the job on it or without.
/// Measured is until when the job is manageable again, and how many steps that went on meanwhile were late. Steps are paced
/// by fault injection, so that a late one stands out, and the latest steps that ranks remember go back some seconds.
/// </summary>
internal static class CoordinatorCommand
{
    private const int Nodes = 4;
    private const int StepsBetween = 250; // then the ranks remember hundreds of quiet ones
    private const double Late = 1.5; // of the median step
    private const double ToReach = 5; // seconds until it is manageable
    private static readonly string[] _workers = ["silo-1", "silo-2", "silo-3", "silo-4"];
    private static readonly string[] _others = ["other-1", "other-2"]; // of another numerics, so that the job cannot use them
    private static readonly Dictionary<string, string> _variables = new()
    {
        ["NEPTUNE_FAULTS"] = "pace@0:8=cpu:0", // each shard takes at least 8 ms; a step has two on each node
    };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private sealed record Kill(string Silo, bool HadNode, double Manageable, double? Pause, Pace Before, Pace After);

    private sealed record Pace(int Steps, int Late, double Median, double Longest);

    public static async Task<int> RunAsync(int events, bool json)
    {
        await using var cluster = await SiloCluster.StartAsync([.. _workers, .. _others], ArgumentsOf, _ => _variables);
        var job = await ElasticJob.StartAsync(cluster, Nodes);
        var kills = new List<Kill>();
        while (kills.Count(k => k.HadNode) < events || kills.Count(k => !k.HadNode) < events)
        {
            await job.OnNodesAsync(Nodes);
            await job.StepsMoreAsync(StepsBetween);
            var kill = await KillAsync(cluster, job);
            kills.Add(kill);
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kill.Silo}, {(kill.HadNode ? "with a node" : "without a node")}: manageable after {kill.Manageable:0.00} s, {kill.After.Late} of {kill.After.Steps} steps late, {kill.Before.Late} of {kill.Before.Steps} before"
                )
            );
        }
        var generations = (await job.GetAsync()).Generations;
        // On one node each step would take four times its pace.
        return await ElasticOutcome.EndAsync(job, kills, Table(kills), generations.Sum(g => g.StepsLost), json, Nodes);
    }

    private static IEnumerable<string> ArgumentsOf(string silo) =>
        _others.Contains(silo) ? ["--threads-per-node", "2"] : [];

    private static async Task<Kill> KillAsync(SiloCluster cluster, ElasticJob job)
    {
        var before = await job.GetAsync();
        var victim = before.Coordinator;
        var node = before.Ranks.Select(r => (NodeId?)r.Node).FirstOrDefault(n => n?.Host == victim);
        var quiet = await PaceAsync(cluster.Client, job, DateTimeOffset.MinValue);
        await using var client = await cluster.ClientWithoutAsync(victim);
        var (killed, clock) = (TimeProvider.System.GetUtcNow(), Stopwatch.StartNew());
        cluster.SiloOf(victim).Kill();
        await ManageableAsync(client, job);
        var manageable = clock.Elapsed.TotalSeconds;
        double? pause = null;
        if (node is { } lost)
        {
            pause = (await job.PauseOfAsync(await job.WithoutAsync(lost, before.Generation, client))).PauseSeconds;
        }
        var pace = await PaceAsync(client, job, killed); // of the ranks that are left
        await cluster.StartSiloAsync(victim);
        return new(victim, node is not null, manageable, pause, quiet, pace);
    }

    // A command, not a look: it is only done by a grain that may write.
    private static async Task ManageableAsync(NeptuneClient client, ElasticJob job)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await client.Jobs.ScaleAsync(job.Id, Nodes);
                return;
            }
            catch (NeptuneException) when (since.Elapsed < Patience)
            {
                await Task.Yield(); // the call itself waits for an answer
            }
        }
    }

    // Of rank 0, or of any rank that answers.
    private static async Task<Pace> PaceAsync(NeptuneClient client, ElasticJob job, DateTimeOffset since)
    {
        var trace = (await client.Jobs.TraceAsync(job.Id))[0];
        var steps = trace
            .Steps.Zip(trace.Steps.Skip(1))
            .Where(pair => trace.StartedAt.AddMicroseconds(pair.Second.Start) >= since)
            .Select(pair => (pair.Second.Start - pair.First.Start) / 1e3)
            .ToArray();
        var median = Statistics.Median(steps);
        return new(steps.Length, steps.Count(s => s > Late * median), median, steps.Max());
    }

    private static Table Table(List<Kill> kills)
    {
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "its silo had",
            "kills",
            "manageable p50",
            "longest",
            "to reach",
            "pause p50",
            "steps late, of",
            "before the kill"
        );
        foreach (var group in kills.GroupBy(k => k.HadNode))
        {
            var manageable = group.Select(k => k.Manageable).ToArray();
            var pauses = group.Select(k => k.Pause).OfType<double>().ToArray();
            table.AddRow(
                group.Key ? "a node of the job" : "no node of it",
                $"{manageable.Length}",
                string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(manageable):0.00} s"),
                string.Create(CultureInfo.InvariantCulture, $"{manageable.Max():0.00} s"),
                string.Create(CultureInfo.InvariantCulture, $"{ToReach:0} s"),
                pauses.Length == 0 ? "-" : $"{Statistics.Median(pauses) * 1e3:N0} ms",
                $"{group.Sum(k => k.After.Late)}, {group.Sum(k => k.After.Steps)}",
                $"{group.Sum(k => k.Before.Late)}, {group.Sum(k => k.Before.Steps)}"
            );
        }
        return table;
    }
}
