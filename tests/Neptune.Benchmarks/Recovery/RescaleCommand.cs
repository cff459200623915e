using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>rescale</c>: how long a job pauses while it is scaled from two silo processes to five and to three, live, next
/// to what its steps take before and after. A pause should be no longer than a step and the transfer of the state, which is small
/// here, where anybody needs it.
/// </summary>
internal static class RescaleCommand
{
    private const int Least = 2;
    private const int Most = 5;
    private const int Between = 3;
    private const int StepsBetween = 200;

    // A kind of change, with its pauses and the seconds of the steps around them.
    private sealed class Kind
    {
        public List<GenerationChange> Changes { get; } = [];

        public List<double> Steps { get; } = [];
    }

    private sealed record Result(PauseSummary Pauses, double MedianStep, double LongestStep);

    public static async Task<int> RunAsync(int events, bool json)
    {
        await using var cluster = await SiloCluster.StartAsync(Enumerable.Range(1, Most).Select(n => $"silo-{n}"));
        var job = await ElasticJob.StartAsync(cluster, Least);
        var changes = new Dictionary<string, Kind>();
        await job.StepsMoreAsync(StepsBetween);
        for (var i = 0; i < events; i++)
        {
            await ScaleAsync(cluster, job, Least, Most, changes);
            await ScaleAsync(cluster, job, Most, Between, changes);
            await ScaleAsync(cluster, job, Between, Least, changes);
        }
        Result[] results =
        [
            .. changes.Select(c => new Result(
                PauseSummary.Of(c.Key, c.Value.Changes),
                Statistics.Median(c.Value.Steps),
                c.Value.Steps.Max()
            )),
        ];
        var table = PauseSummary.ToTable(
            results.Select(r => r.Pauses),
            ("step ms", [.. results.Select(r => $"{r.MedianStep * 1e3:N1}")]),
            ("most ms", [.. results.Select(r => $"{r.LongestStep * 1e3:N0}")])
        );
        return await ElasticOutcome.EndAsync(job, results, table, results.Sum(r => r.Pauses.StepsLost), json);
    }

    // All changes of membership that it takes: nodes may come one after another.
    private static async Task ScaleAsync(
        SiloCluster cluster,
        ElasticJob job,
        int from,
        int to,
        Dictionary<string, Kind> changes
    )
    {
        var before = (await job.GetAsync()).Generation;
        var steps = await StepsAsync(cluster, job);
        await cluster.Client.Jobs.ScaleAsync(job.Id, to);
        await job.OnNodesAsync(to);
        var snapshot = await job.StepsMoreAsync(StepsBetween);
        var name = $"{from} to {to}";
        if (!changes.TryGetValue(name, out var kind))
        {
            changes[name] = kind = new();
        }
        kind.Steps.AddRange([.. steps, .. await StepsAsync(cluster, job)]);
        foreach (var change in snapshot.Generations.Where(g => g.Number > before))
        {
            kind.Changes.Add(PauseSummary.Told(name, await job.PauseOfAsync(change)));
        }
    }

    // The seconds of the latest steps, all of them of one generation.
    private static async Task<double[]> StepsAsync(SiloCluster cluster, ElasticJob job)
    {
        var steps = (await cluster.Client.Jobs.TraceAsync(job.Id)).First(rank => rank.Rank == 0).Steps;
        var latest = steps.TakeLast(StepsBetween).Select(step => step.Start / 1e6).ToArray();
        return [.. latest.Zip(latest.Skip(1), (start, next) => next - start)];
    }
}
