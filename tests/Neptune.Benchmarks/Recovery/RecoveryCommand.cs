using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>recovery</c>: how long a job on four silo processes pauses when one of them is killed or frozen, from the
/// last step before to the first one after, and whether its weights are those of a quiet run at the end.
/// </summary>
internal static class RecoveryCommand
{
    private const int Silos = 4;
    private const int StepsBetween = 100;

    public static async Task<int> RunAsync(int events, bool json)
    {
        await using var cluster = await SiloCluster.StartAsync(Enumerable.Range(1, Silos).Select(n => $"silo-{n}"));
        var job = await ElasticJob.StartAsync(cluster, Silos);
        var random = new Random(1);
        var killed = new List<GenerationChange>();
        var frozen = new List<GenerationChange>();
        for (var i = 0; i < events; i++)
        {
            killed.Add(PauseSummary.Told("SIGKILL", await KillAsync(cluster, job, random)));
            frozen.Add(PauseSummary.Told("SIGSTOP", await FreezeAsync(cluster, job, random)));
        }
        await job.OnNodesAsync(Silos);
        PauseSummary[] results = [PauseSummary.Of("SIGKILL", killed), PauseSummary.Of("SIGSTOP", frozen)];
        var lost = results.Sum(r => r.StepsLost);
        return await ElasticOutcome.EndAsync(job, results, PauseSummary.ToTable(results), lost, json);
    }

    private static async Task<GenerationChange> KillAsync(SiloCluster cluster, ElasticJob job, Random random)
    {
        var victim = await VictimAsync(job, random);
        cluster.SiloOf(victim.Node.Host).Kill();
        var change = await job.PauseOfAsync(await job.WithoutAsync(victim.Node, victim.Generation));
        await cluster.StartSiloAsync(victim.Node.Host);
        return change;
    }

    private static async Task<GenerationChange> FreezeAsync(SiloCluster cluster, ElasticJob job, Random random)
    {
        var victim = await VictimAsync(job, random);
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

    private static async Task<Victim> VictimAsync(ElasticJob job, Random random)
    {
        await job.OnNodesAsync(Silos);
        var snapshot = await job.StepsMoreAsync(StepsBetween);
        return new(snapshot.Ranks[random.Next(snapshot.Ranks.Length)].Node, snapshot.Generation);
    }
}
