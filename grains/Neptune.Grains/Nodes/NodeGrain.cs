using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

/// <summary>
/// The way to a node's rank. The rank itself belongs to the silo: it goes on where this grain is dropped, as it is when the
/// silo that had its directory entry dies.
/// </summary>
[GrainType("neptune.node"), NodePlacement]
internal sealed class NodeGrain(INodeWorkers workers) : Grain, INodeGrain
{
    private NodeId Node => new(this.GetPrimaryKeyString());

    public Task StartRankAsync(RankAssignment assignment) => workers.StartRankAsync(assignment);

    public Task StopRankAsync(JobId job, int generation)
    {
        RunOf(job)?.RequestStop();
        return Task.CompletedTask;
    }

    public Task<RankTrace?> TraceAsync(JobId job, int generation) => Task.FromResult(RunOf(job)?.Trace);

    public Task AbortRankAsync(JobId job, int generation, string reason)
    {
        if (RunOf(job) is { } run && run.Assignment.Generation.Number == generation)
        {
            run.Abort(reason);
        }
        return Task.CompletedTask;
    }

    private IRankRun? RunOf(JobId job) =>
        workers.RunOf(Node) is { } run && run.Assignment.Generation.Job == job ? run : null;
}
