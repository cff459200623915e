using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>The devices of the cluster.</summary>
public sealed class NodeClient
{
    private readonly IGrainFactory _grains;

    internal NodeClient(IGrainFactory grains) => _grains = grains;

    /// <summary>All nodes by name, with the job that holds each.</summary>
    public async Task<ImmutableArray<NodeInfo>> ListAsync() => await Scheduler.ListNodesAsync();

    /// <summary>The node gets no new job; one that it works for goes on to its end.</summary>
    /// <exception cref="NotFoundException">There is no such node; the message offers the nearest.</exception>
    public Task<NodeInfo> DrainAsync(NodeId node) => Scheduler.DrainAsync(node);

    /// <summary>A drained node gets jobs again.</summary>
    /// <exception cref="NotFoundException">There is no such node; the message offers the nearest.</exception>
    public Task<NodeInfo> ResumeAsync(NodeId node) => Scheduler.ResumeAsync(node);

    private ISchedulerGrain Scheduler => _grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);
}
