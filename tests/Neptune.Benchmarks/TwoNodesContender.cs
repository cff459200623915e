using Neptune.Collectives;
using Neptune.Torch;

namespace Neptune.Benchmarks;

/// <summary>
/// Two nodes of one process, each with its replica and thread, which meet in memory after each step. The workload's
/// global batch is cut into two shards, one a node.
/// </summary>
internal sealed class TwoNodesContender : IContender
{
    private const int Nodes = 2;

    private readonly Rank[] _ranks = new Rank[Nodes];

    public string Name => "neptune, 2 nodes";

    public async Task PrepareAsync(Workload workload, CancellationToken cancellation)
    {
        var group = new InMemoryGroup(Nodes, "benchmark", 1);
        var batches = workload.MakeBatches();
        for (var rank = 0; rank < Nodes; rank++)
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

    private sealed class Rank : IDisposable
    {
        private readonly ICollective _collective;
        private readonly Workload _workload;
        private readonly IReadOnlyList<ShardBatch> _batches;
        private readonly Replica _replica;
        private readonly ShardAccumulator<ExchangeBuffer> _accumulator;
        private long _step;

        public Rank(TorchDevice device, ICollective collective, Workload workload, IReadOnlyList<ShardBatch> batches)
        {
            Device = device;
            _collective = collective;
            _workload = workload;
            _batches = batches;
            _replica = new(device, workload.Graph, seed: 1);
            _accumulator = new(_replica.NewExchangeBuffer, buffer => buffer.Memory);
        }

        public TorchDevice Device { get; }

        public double Train(int steps, CancellationToken cancellation)
        {
            var loss = 0.0;
            var rows = _workload.Rows / Nodes;
            var width = _workload.FeaturesOfSample;
            var shard = _collective.Rank;
            for (var i = 0; i < steps; i++, _step++)
            {
                var batch = _batches[(int)(_step % _batches.Count)];
                var part = new ShardBatch(rows, batch.Features.Slice(shard * rows * width, rows * width))
                {
                    Classes = batch.Classes.Slice(shard * rows, rows),
                };
                _accumulator.Start(Nodes, shard, shard + 1);
                _replica.ForwardBackward(part, new(1, 0, _step, shard), _accumulator.Next());
                _accumulator.Complete();
                var partials = _accumulator.Finish();
                var reduced = _accumulator.Result();
                _collective.AllReduce(Nodes, partials, reduced.Memory, cancellation);
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
    }
}
