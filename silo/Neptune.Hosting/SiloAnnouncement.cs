using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Hosting;

/// <summary>When a silo starts: jobs whose nodes went with the last process are paused, then its nodes are announced.</summary>
internal sealed class SiloAnnouncement(IGrainFactory grains, INodeWorkers workers) : IStartupTask
{
    /// <inheritdoc/>
    public async Task Execute(CancellationToken cancellationToken)
    {
        var jobs = await grains.GetGrain<IJobIndexGrain>(IJobIndexGrain.Key).ListAsync();
        foreach (var job in jobs)
        {
            await grains.GetGrain<IJobGrain>(job.Value).RecoverAsync("the process that ran it ended");
        }
        await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).RegisterNodesAsync(workers.Nodes);
    }
}
