using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>The devices of the cluster.</summary>
public sealed class NodeClient
{
    private readonly IGrainFactory _grains;

    internal NodeClient(IGrainFactory grains) => _grains = grains;

    /// <summary>All nodes by name, with the job that holds each.</summary>
    public async Task<ImmutableArray<NodeInfo>> ListAsync() =>
        await _grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).ListNodesAsync();
}
