using System.Diagnostics;

namespace Neptune.Benchmarks;

/// <summary>Times contenders on one workload in alternate blocks, so that a machine's moods meet all alike.</summary>
internal static class TrainingBenchmark
{
    public static async Task<IReadOnlyList<Measurement>> RunAsync(
        Workload workload,
        IReadOnlyList<IContender> contenders,
        int blocks,
        CancellationToken cancellation
    )
    {
        var times = contenders.ToDictionary(c => c, _ => new List<double>());
        var cpuTimes = contenders.ToDictionary(c => c, _ => new List<double>());
        var losses = new Dictionary<IContender, double>();
        foreach (var contender in contenders)
        {
            await contender.PrepareAsync(workload, cancellation);
            // Twice a block: code is compiled again in the background, and native memory has grown.
            await contender.TrainAsync(workload.BlockSteps * 2, cancellation);
        }
        for (var block = 0; block < blocks; block++)
        {
            foreach (var contender in block % 2 == 0 ? contenders : contenders.Reverse())
            {
                var cpu = Environment.CpuUsage.TotalTime;
                var start = Stopwatch.GetTimestamp();
                losses[contender] = await contender.TrainAsync(workload.BlockSteps, cancellation);
                times[contender].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                cpuTimes[contender].Add((Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            }
        }
        foreach (var contender in contenders)
        {
            await contender.DisposeAsync();
        }
        return
        [
            .. contenders.Select(c => new Measurement(
                workload.Name,
                c.Name,
                workload.Rows * workload.BlockSteps / Statistics.Median(times[c]),
                workload.Rows * workload.BlockSteps / times[c].Min(),
                workload.Rows * workload.BlockSteps / Statistics.Median(cpuTimes[c]),
                losses[c]
            )),
        ];
    }
}
