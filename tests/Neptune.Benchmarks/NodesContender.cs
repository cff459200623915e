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
    private readonly Rank[] _ranks = new Rank[nodes];

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
            _ranks[rank] = await device.RunAsync(() => new Rank(device, collective, workload, batches), cancellation);
        }
    }

    public async Task<double> TrainAsync(int steps, CancellationToken cancellation)
    {
        var losses = await Task.WhenAll(
            _ranks.Select(rank => rank.Device.RunAsync(() => rank.Train(steps, cancellation), cancellation))
        );
        return losses[0];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var rank in _ranks)
        {
            await rank.Device.RunAsync(rank.Dispose, CancellationToken.None);
            await rank.Device.DisposeAsync();
        }
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private sealed class Rank : IDisposable
    {
        private readonly ICollective _collective;
        private readonly Workload _workload;
        private readonly IReadOnlyList<ShardBatch> _batches;
        private readonly Replica _replica;
        private readonly ShardAccumulator<ExchangeBuffer> _accumulator;
        private readonly int _low;
        private readonly int _high;
        private long _step;

        public Rank(TorchDevice device, ICollective collective, Workload workload, IReadOnlyList<ShardBatch> batches)
        {
            Device = device;
            (_collective, _workload, _batches) = (collective, workload, batches);
            _low = workload.Shards * collective.Rank / collective.WorldSize;
            _high = workload.Shards * (collective.Rank + 1) / collective.WorldSize;
            _replica = new(device, workload.Graph, seed: 1);
            _accumulator = new(_replica.NewExchangeBuffer, buffer => buffer.Memory);
        }

        public TorchDevice Device { get; }

        public double Train(int steps, CancellationToken cancellation)
        {
            var loss = 0.0;
            for (var i = 0; i < steps; i++, _step++)
            {
                var batch = _batches[(int)(_step % _batches.Count)];
                _accumulator.Start(_workload.Shards, _low, _high);
                for (var shard = _low; shard < _high; shard++)
                {
                    _replica.ForwardBackward(ShardOf(batch, shard), new(1, 0, _step, shard), _accumulator.Next());
                    _accumulator.Complete();
                }
                var partials = _accumulator.Finish();
                var reduced = _accumulator.Result();
                _collective.AllReduce(_workload.Shards, partials, reduced.Memory, cancellation);
                var outcome = _replica.Apply(reduced.Span);
                loss = outcome.LossSum / outcome.Count;
            }
            return loss;
        }

        public void Dispose()
        {
            _collective.Dispose();
            _accumulator.Dispose();
            _replica.Dispose();
        }

        private ShardBatch ShardOf(ShardBatch batch, int shard)
        {
            var rows = _workload.ShardRows;
            var elements = rows * _workload.FeaturesOfSample;
            return new(rows, batch.Features.Slice(shard * elements, elements))
            {
                Classes = batch.Classes.Slice(shard * rows, rows),
            };
        }
    }
}
