using Neptune.Storage;

namespace Neptune.Cli.Commands;

/// <summary>Ends what <c>neptune up</c> started: the silos, then their Redis.</summary>
internal static class ClusterEnding
{
    private static readonly TimeSpan SiloPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RedisPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends the processes that still run, and forgets them.</summary>
    /// <returns>Those that had to be killed.</returns>
    public static async Task<IReadOnlyList<StartedProcess>> EndAsync(string folder, StartedCluster cluster)
    {
        var killed = await EndAsync([.. cluster.LivingSilos], SiloPatience);
        if (cluster.OwnRedis is { } redis)
        {
            killed = [.. killed, .. await EndAsync([redis], RedisPatience)];
        }
        StartedCluster.Forget(folder);
        return killed;
    }

    private static async Task<StartedProcess[]> EndAsync(StartedProcess[] processes, TimeSpan patience)
    {
        foreach (var process in processes)
        {
            process.Process.Terminate();
        }
        var since = TimeProvider.System.GetTimestamp();
        while (processes.Any(p => p.Process.IsAlive) && TimeProvider.System.GetElapsedTime(since) < patience)
        {
            await Task.Delay(Pause);
        }
        var stuck = Array.FindAll(processes, p => p.Process.IsAlive);
        foreach (var process in stuck)
        {
            process.Process.Kill();
        }
        return stuck;
    }
}
