using Neptune.Collectives;
using Neptune.Torch;

namespace Neptune.Benchmarks;

/// <summary>
/// Nodes of one process without a cluster around them: each has its replica and thread, adds its shards along the tree,
/// and meets the others in memory after each step.
/// </summary>
/// <param name="nodes">How many.</param>
/// <param name="shards">Cuts the workload's step into so many shards; null takes as many as needed for all nodes.</param>
internal sealed class NodesContender(int nodes = 1, int? shards = null) : IContender
{
    private readonly (TorchDevice Device, ICollective Collective, LinkedNode Node)[] _ranks = new (
        TorchDevice,
        ICollective,
        LinkedNode
    )[nodes];

    public string Name => shards is { } cut ? $"neptune, {Count(cut, "shard")}" : $"neptune, {Count(nodes, "node")}";

    public async Task PrepareAsync(Workload workload, CancellationToken cancellation)
    {
        var cut = shards ?? Math.Max(workload.Shards, nodes);
        workload = workload with { Shards = cut, ShardRows = workload.Rows / cut };
        var batches = workload.MakeBatches();
        var group = new InMemoryGroup(nodes, "benchmark");
        for (var rank = 0; rank < nodes; rank++)
        {
            var device = await TorchDevice.StartAsync($"cpu:{rank}", cancellation: cancellation);
            var collective = group.Join(rank);
            var node = await device.RunAsync(
                () => LinkedNode.OfPart(device, collective, workload, batches),
                cancellation
            );
            _ranks[rank] = (device, collective, node);
        }
    }

    public async Task<double> TrainAsync(int steps, CancellationToken cancellation)
    {
        var blocks = await Task.WhenAll(
            _ranks.Select(rank => rank.Device.RunAsync(() => rank.Node.Train(steps, cancellation), cancellation))
        );
        return blocks[0].Loss;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (device, collective, node) in _ranks)
        {
            collective.Dispose();
            await device.RunAsync(node.Dispose, CancellationToken.None);
            await device.DisposeAsync();
        }
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
