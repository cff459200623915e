using System.Diagnostics;
using Neptune.Processes;

namespace Neptune.Chaos;

/// <summary>One run: a job, a schedule of happenings, and the comparison at the end.</summary>
internal sealed class ChaosRun(SiloCluster cluster, ElasticJob job, Random random)
{
    private const int StepsBetween = 50;

    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Runs a schedule.</summary>
    /// <returns>0 where the weights are those of a quiet run and no step was lost while a node was left; else 1.</returns>
    public static async Task<int> RunAsync(int events, int seed, int silos)
    {
        if (!RedisServerProcess.IsInstalled)
        {
            Console.Error.WriteLine("There is no redis-server. As root: apt-get install redis-server.");
            return 1;
        }
        var clock = Stopwatch.StartNew();
        await using var cluster = await SiloCluster.StartAsync(Enumerable.Range(1, silos).Select(n => $"silo-{n}"));
        var job = await ElasticJob.StartAsync(cluster, silos);
        var run = new ChaosRun(cluster, job, new(seed));
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
            ("kill", KillAsync),
            ("freeze", FreezeAsync),
            ("end", EndSiloAsync),
            ("scale", ScaleAsync),
            ("restart redis", RestartRedisAsync),
        ];
        var (name, happen) = happenings[random.Next(happenings.Length)];
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        var what = await happen();
        Console.WriteLine($"{number, 4}  {what}");
    }

    // Any silo: it may have a rank, the JobGrain, the scheduler, several of them or none.
    private async Task<string> KillAsync()
    {
        var name = cluster.AnyName(random);
        cluster.SiloOf(name).Kill();
        await cluster.StartSiloAsync(name);
        return $"{name} was killed, and started again";
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

    // One that was frozen for long was declared dead, and ends when it learns of it.
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
        Console.WriteLine(
            $"{string.Join(", ", _counts.OrderBy(c => c.Key).Select(c => $"{c.Value} × {c.Key}"))}; "
                + $"{snapshot.Generations.Length} generations, {ended.Package.Step} steps, {lost} lost, {clock.Elapsed.TotalSeconds:0} s"
        );
        if (pauses.Length > 0)
        {
            Console.WriteLine(
                $"pauses: median {pauses[pauses.Length / 2]:0.00} s, longest {pauses[^1]:0.00} s, {pauses.Length} measured"
            );
        }
        Console.WriteLine(own == quiet ? $"equal weights: {own}" : $"WEIGHTS DIFFER: {own}, quiet {quiet}");
        return own == quiet && lost == 0 ? 0 : 1;
    }
}
