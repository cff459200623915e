using Neptune.Collectives;
using Neptune.Torch;

namespace Neptune.Benchmarks;

/// <summary>One node without a cluster: a replica that passes over each shard, adds along the tree, and applies.</summary>
/// <param name="shards">Cuts the workload's step into so many shards; null leaves it as it is.</param>
internal sealed class ReplicaContender(int? shards = null) : IContender
{
    private IReadOnlyList<ShardBatch> _batches = [];
    private ExchangeBuffer[] _buffers = [];
    private TorchDevice _device = null!;
    private Replica _replica = null!;
    private Workload _workload = null!;
    private long _step;

    public string Name => shards is null ? "neptune, 1 node" : $"neptune, {shards} shard{(shards == 1 ? "" : "s")}";

    public async Task PrepareAsync(Workload workload, CancellationToken cancellation)
    {
        if (shards is { } count)
        {
            workload = workload with { Shards = count, ShardRows = workload.Rows / count };
        }
        (_workload, _batches) = (workload, workload.MakeBatches());
        _device = await TorchDevice.StartAsync("cpu:0", cancellation: cancellation);
        await _device.RunAsync(() => _replica = new(_device, workload.Graph, seed: 1), cancellation);
        var depth = 2 + System.Numerics.BitOperations.Log2((uint)workload.Shards);
        _buffers = [.. Enumerable.Range(0, workload.Shards == 1 ? 1 : depth).Select(_ => _replica.NewExchangeBuffer())];
    }

    public Task<double> TrainAsync(int steps, CancellationToken cancellation) =>
        _device.RunAsync(
            () =>
            {
                var loss = 0.0;
                for (var i = 0; i < steps; i++, _step++)
                {
                    var batch = _batches[(int)(_step % _batches.Count)];
                    Sum(batch, 0, _workload.Shards, 0);
                    var outcome = _replica.Apply(_buffers[0].Span);
                    loss = outcome.LossSum / outcome.Count;
                }
                return loss;
            },
            cancellation
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }
        await _device.RunAsync(_replica.Dispose, CancellationToken.None);
        await _device.DisposeAsync();
    }

    // sum(lo, hi) = sum(lo, mid) + sum(mid, hi), with one buffer for each level.
    private void Sum(ShardBatch batch, int low, int high, int buffer)
    {
        if (high - low == 1)
        {
            var rows = _workload.ShardRows;
            var width = _workload.FeaturesOfSample;
            var shard = new ShardBatch(rows, batch.Features.Slice(low * rows * width, rows * width))
            {
                Classes = batch.Classes.Slice(low * rows, rows),
            };
            _replica.ForwardBackward(shard, new(1, 0, _step, low), _buffers[buffer]);
            return;
        }
        var middle = new TreeNode(low, high).Middle;
        Sum(batch, low, middle, buffer);
        Sum(batch, middle, high, buffer + 1);
        System.Numerics.Tensors.TensorPrimitives.Add(
            _buffers[buffer].Span,
            _buffers[buffer + 1].Span,
            _buffers[buffer].Span
        );
    }
}
