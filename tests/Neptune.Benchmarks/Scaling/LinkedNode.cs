using System.Diagnostics;
using Neptune.Collectives;
using Neptune.Torch;

namespace Neptune.Benchmarks;

/// <summary>One rank as a job runs it: its shards, the exchange beside the last backward pass, the optimizer.</summary>
internal sealed class LinkedNode : IDisposable
{
    private readonly ICollective _collective;
    private readonly Workload _workload;
    private readonly IReadOnlyList<ShardBatch> _batches;
    private readonly Replica _replica;
    private readonly ShardAccumulator<ExchangeBuffer> _accumulator;
    private readonly Action<int, int> _publish;
    private readonly int _shards;
    private readonly int _low;
    private float[] _probe = [];
    private long _step;

    /// <summary>A rank with all shards of <paramref name="workload"/>; the step has as many for each other rank.</summary>
    public LinkedNode(TorchDevice device, ICollective collective, Workload workload)
    {
        (_collective, _workload, _batches) = (collective, workload, workload.MakeBatches());
        _shards = workload.Shards * collective.WorldSize;
        _low = workload.Shards * collective.Rank;
        _replica = new(device, workload.Graph, seed: 1);
        _accumulator = new(_replica.NewExchangeBuffer, buffer => buffer.Memory);
        _publish = Publish;
    }

    public WorkerBlock Train(int steps, CancellationToken cancellation)
    {
        var loss = 0.0;
        var (compute, optimizer) = (0L, 0L);
        var each = new double[steps];
        var before = _collective.Times;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++, _step++)
        {
            var began = Stopwatch.GetTimestamp();
            var early = _collective.Times;
            Compute(_batches[(int)(_step % _batches.Count)]);
            compute += Stopwatch.GetTimestamp() - began - (_collective.Times - early).Total;
            _accumulator.Finish();
            var reduced = _accumulator.Result();
            _collective.Complete(cancellation);
            var applied = Stopwatch.GetTimestamp();
            var outcome = _replica.Apply(reduced.Span);
            optimizer += Stopwatch.GetTimestamp() - applied;
            loss = outcome.LossSum / outcome.Count;
            each[i] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = _collective.Times - before;
        return new(seconds, loss, _replica.WeightsSha256())
        {
            StepSeconds = each,
            ExchangeBytes = _replica.ExchangeLength * sizeof(float),
            Compute = Seconds(compute),
            Send = Seconds(times.Send),
            Receive = Seconds(times.Receive),
            Sum = Seconds(times.Sum),
            Wait = Seconds(times.Wait),
            Optimizer = Seconds(optimizer),
        };
    }

    /// <summary>All-reduces of so many bytes, with nothing to compute.</summary>
    public WorkerBlock Probe(int bytes, int calls, CancellationToken cancellation)
    {
        if (_probe.Length != bytes / sizeof(float))
        {
            _probe = new float[bytes / sizeof(float)];
        }
        var own = ReductionTree.MaximalSubtrees(_shards, _low, _low + _workload.Shards);
        PartialSum[] partials =
        [
            .. own.Select((node, i) => new PartialSum(node, i == 0 ? _probe : new float[_probe.Length])),
        ];
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < calls; call++)
        {
            _collective.AllReduce(_shards, partials, _probe, cancellation);
        }
        return new(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, "");
    }

    public void Dispose()
    {
        _accumulator.Dispose();
        _replica.Dispose();
    }

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

    private void Compute(ShardBatch batch)
    {
        var rows = _workload.ShardRows;
        var elements = rows * _workload.FeaturesOfSample;
        _accumulator.Start(_shards, _low, _low + _workload.Shards);
        for (var shard = 0; shard < _workload.Shards; shard++)
        {
            var part = new ShardBatch(rows, batch.Features.Slice(shard * elements, elements))
            {
                Classes = batch.Classes.Slice(shard * rows, rows),
            };
            var isLast = shard == _workload.Shards - 1;
            var buffer = _accumulator.Next();
            if (isLast)
            {
                _collective.Begin(_shards, _accumulator.Upcoming(), _accumulator.Result().Memory);
            }
            _replica.ForwardBackward(part, new(1, 0, _step, _low + shard), buffer, isLast ? _publish : null);
            if (isLast)
            {
                Publish(_replica.GradientLength, _replica.ExchangeLength);
            }
            _accumulator.Complete();
        }
    }

    private void Publish(int start, int end)
    {
        _accumulator.CompletePart(start, end);
        _collective.Publish(start, end);
    }
}
