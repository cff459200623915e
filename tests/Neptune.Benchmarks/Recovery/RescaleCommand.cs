using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>rescale</c>: how long a job pauses while it is scaled from two silo processes to five and to three, live.
/// A pause should be no longer than a step and the transfer of the state, which is small here.
/// </summary>
internal static class RescaleCommand
{
    private const int Least = 2;
    private const int Most = 5;
    private const int Between = 3;
    private const int StepsBetween = 200;

    public static async Task<int> RunAsync(int events, bool json)
    {
        await using var cluster = await SiloCluster.StartAsync(Enumerable.Range(1, Most).Select(n => $"silo-{n}"));
        var job = await ElasticJob.StartAsync(cluster, Least);
        var changes = new Dictionary<string, List<GenerationChange>>();
        await job.StepsMoreAsync(StepsBetween);
        for (var i = 0; i < events; i++)
        {
            await ScaleAsync(cluster, job, Least, Most, changes);
            await ScaleAsync(cluster, job, Most, Between, changes);
            await ScaleAsync(cluster, job, Between, Least, changes);
        }
        PauseSummary[] results = [.. changes.Select(c => PauseSummary.Of(c.Key, c.Value))];
        var lost = results.Sum(r => r.StepsLost);
        return await ElasticOutcome.EndAsync(job, results, PauseSummary.ToTable(results), lost, json);
    }

    // All changes of membership that it takes: nodes may come one after another.
    private static async Task ScaleAsync(
        SiloCluster cluster,
        ElasticJob job,
        int from,
        int to,
        Dictionary<string, List<GenerationChange>> changes
    )
    {
        var before = (await job.GetAsync()).Generation;
        await cluster.Client.Jobs.ScaleAsync(job.Id, to);
        await job.OnNodesAsync(to);
        var snapshot = await job.StepsMoreAsync(StepsBetween);
        var name = $"{from} to {to}";
        if (!changes.TryGetValue(name, out var list))
        {
            changes[name] = list = [];
        }
        foreach (var change in snapshot.Generations.Where(g => g.Number > before))
        {
            list.Add(PauseSummary.Told(name, await job.PauseOfAsync(change)));
        }
    }
}
