using System.Diagnostics;
using Neptune.Processes;

namespace Neptune.Chaos;

/// <summary>One run: a job, a schedule of happenings, and the comparison at the end.</summary>
internal sealed class ChaosRun(
    SiloCluster cluster,
    ElasticJob job,
    LinkCutter? links,
    Random random,
    Action<string> tell
)
{
    private const int StepsBetween = 50;

    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Runs a schedule.</summary>
    /// <param name="events">How many things happen.</param>
    /// <param name="seed">Which.</param>
    /// <param name="silos">How many silo processes there are.</param>
    /// <param name="tell">Is told what happened, and how it ended.</param>
    /// <returns>0 where the weights are those of a quiet run and no step was lost while a node was left; else 1.</returns>
    public static async Task<int> RunAsync(int events, int seed, int silos, Action<string> tell)
    {
        if (!RedisServerProcess.IsInstalled)
        {
            tell("There is no redis-server. As root: apt-get install redis-server.");
            return 1;
        }
        var clock = Stopwatch.StartNew();
        var links = LinkCutter.WhyNot is null ? new LinkCutter() : null;
        if (LinkCutter.WhyNot is { } reason)
        {
            tell($"No links are cut: {reason}.");
        }
        await using var cluster = await SiloCluster.StartAsync(
            Enumerable.Range(1, silos).Select(n => $"silo-{n}"),
            silo => links?.ArgumentsOf(silo) ?? []
        );
        var job = await ElasticJob.StartAsync(cluster, silos);
        var run = new ChaosRun(cluster, job, links, new(seed), tell);
        for (var number = 1; number <= events; number++)
        {
            await job.StepsMoreAsync(StepsBetween);
            await run.HappenAsync(number);
        }
        await job.StepsMoreAsync(StepsBetween);
        return await run.EndAsync(clock);
    }

    private async Task HappenAsync(int number)
    {
        (string Name, Func<Task<string>> Do)[] happenings =
        [
            ("kill", KillAsync),
            ("kill the coordinator", KillCoordinatorAsync),
            ("freeze", FreezeAsync),
            ("end", EndSiloAsync),
            ("scale", ScaleAsync),
            ("restart redis", RestartRedisAsync),
            .. links is null ? [] : ((string, Func<Task<string>>)[])[("cut", CutAsync)],
        ];
        var (name, happen) = happenings[random.Next(happenings.Length)];
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        var what = await happen();
        tell($"{number, 4}  {what}");
    }

    // Any silo: it may have a rank, the JobGrain, the scheduler, several of them or none.
    private async Task<string> KillAsync()
    {
        var name = cluster.AnyName(random);
        cluster.SiloOf(name).Kill();
        await cluster.StartSiloAsync(name);
        return $"{name} was killed, and started again";
    }

    // The one whose JobGrain it is, with a rank of the job or without.
    private async Task<string> KillCoordinatorAsync()
    {
        var snapshot = await job.GetAsync();
        var (name, ranks) = (snapshot.Coordinator, snapshot.Ranks.Count(r => r.Node.Host == snapshot.Coordinator));
        cluster.SiloOf(name).Kill();
        await cluster.StartSiloAsync(name);
        return $"{name} was killed, the coordinator{(ranks == 0 ? ", without a rank" : "")}, and started again";
    }

    private async Task<string> CutAsync()
    {
        var name = cluster.AnyName(random);
        var cut = await links!.CutAsync(name);
        return $"{cut} links of {name} were cut";
    }

    private async Task<string> FreezeAsync()
    {
        var name = cluster.AnyName(random);
        var seconds = 0.2 + (random.NextDouble() * 2.5);
        Signals.Send(cluster.SiloOf(name).Id, Signals.Stop);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds)); // the happening itself
        }
        finally
        {
            Signals.Send(cluster.SiloOf(name).Id, Signals.Continue);
        }
        await ReviveAsync();
        return $"{name} stood still for {seconds:0.0} s";
    }

    private async Task<string> EndSiloAsync()
    {
        var name = cluster.AnyName(random);
        await cluster.SiloOf(name).TerminateAsync();
        await cluster.StartSiloAsync(name);
        return $"{name} was told to end, and started again";
    }

    private async Task<string> ScaleAsync()
    {
        var nodes = 1 + random.Next(cluster.Names.Count);
        await cluster.Client.Jobs.ScaleAsync(job.Id, nodes);
        return $"the job was scaled to {nodes} nodes";
    }

    private async Task<string> RestartRedisAsync()
    {
        cluster.Redis.Kill();
        await cluster.Redis.RestartAsync();
        await ReviveAsync();
        return "Redis was killed, and started again";
    }

    // One that was frozen for long was declared dead, and ends when it learns of it; where that is later, after the next event.
    private async Task ReviveAsync()
    {
        foreach (var name in cluster.Names.ToArray())
        {
            if (cluster.SiloOf(name).HasExited)
            {
                await cluster.StartSiloAsync(name);
            }
        }
    }

    private async Task<int> EndAsync(Stopwatch clock)
    {
        await ReviveAsync();
        var snapshot = await job.GetAsync();
        // Where all nodes went at once the job went on from a checkpoint: that is no loss of the ranks' making.
        var lost = snapshot.Generations.Where(g => g.Number > 1 && g.Joined.Length < g.WorldSize).Sum(g => g.StepsLost);
        var pauses = snapshot.Generations.Select(g => g.PauseSeconds).OfType<double>().Order().ToArray();
        var (ended, repeated) = await job.EndAndRepeatAsync();
        var (own, quiet) = (ended.Package!.WeightsSha256, repeated.Package!.WeightsSha256);
        tell(
            $"{string.Join(", ", _counts.OrderBy(c => c.Key).Select(c => $"{c.Value} × {c.Key}"))}; "
                + $"{snapshot.Generations.Length} generations, {ended.Package.Step} steps, {lost} lost, {clock.Elapsed.TotalSeconds:0} s"
        );
        if (pauses.Length > 0)
        {
            tell(
                $"pauses: median {pauses[pauses.Length / 2]:0.00} s, longest {pauses[^1]:0.00} s, {pauses.Length} measured"
            );
        }
        tell(own == quiet ? $"equal weights: {own}" : $"WEIGHTS DIFFER: {own}, quiet {quiet}");
        return own == quiet && lost == 0 ? 0 : 1;
    }
}
