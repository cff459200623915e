using System.Diagnostics;
using Neptune.Collectives;
using Neptune.Torch;

namespace Neptune.Benchmarks;

/// <summary>One rank as a job runs it: its shards, the exchange beside the last backward pass, the optimizer.</summary>
/// <remarks>On its device's thread from beginning to end.</remarks>
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
    private readonly int _high;
    private readonly int _first; // shard of the batches
    private readonly float[] _gateValue = new float[1];
    private readonly Dictionary<int, float[]> _probes = []; // by their length: a new one's first touch costs more than a sum
    private long _step;

    private LinkedNode(
        TorchDevice device,
        ICollective collective,
        Workload workload,
        IReadOnlyList<ShardBatch> batches,
        (int Shards, int Low, int High, int First) cut
    )
    {
        (_collective, _workload, _batches) = (collective, workload, batches);
        (_shards, _low, _high, _first) = cut;
        _replica = new(device, workload.Graph, seed: 1);
        _accumulator = new(_replica.NewExchangeBuffer, buffer => buffer.Memory);
        _publish = Publish;
    }

    /// <summary>Where set, each step ends when all ranks of this group have got that far.</summary>
    public ICollective? Gate { get; set; }

    /// <summary>The hash by which replicas are compared.</summary>
    public string WeightsSha256 => _replica.WeightsSha256();

    /// <summary>A rank with all shards of <paramref name="workload"/>; the step has as many for each other rank.</summary>
    public static LinkedNode OfWhole(TorchDevice device, ICollective collective, Workload workload)
    {
        var (each, rank) = (workload.Shards, collective.Rank);
        var cut = (each * collective.WorldSize, each * rank, each * (rank + 1), each * rank);
        return new(device, collective, workload, workload.MakeBatches(), cut);
    }

    /// <summary>A rank with its part of the shards of <paramref name="workload"/>, whose batches all ranks share.</summary>
    public static LinkedNode OfPart(
        TorchDevice device,
        ICollective collective,
        Workload workload,
        IReadOnlyList<ShardBatch> batches
    )
    {
        var (shards, rank, ranks) = (workload.Shards, collective.Rank, collective.WorldSize);
        return new(
            device,
            collective,
            workload,
            batches,
            (shards, shards * rank / ranks, shards * (rank + 1) / ranks, 0)
        );
    }

    public WorkerBlock Train(int steps, CancellationToken cancellation)
    {
        var loss = 0.0;
        var (compute, optimizer) = (0L, 0L);
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
            Gate?.AddRanks(_gateValue, cancellation);
        }
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = _collective.Times - before;
        return new(seconds, loss, "")
        {
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
        var length = bytes / sizeof(float);
        if (!_probes.TryGetValue(length, out var probe))
        {
            _probes[length] = probe = new float[length];
        }
        var own = ReductionTree.MaximalSubtrees(_shards, _low, _high);
        PartialSum[] partials = [.. own.Select((node, i) => new PartialSum(node, i == 0 ? probe : new float[length]))];
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < calls; call++)
        {
            _collective.AllReduce(_shards, partials, probe, cancellation);
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
        _accumulator.Start(_shards, _low, _high);
        for (var shard = _low; shard < _high; shard++)
        {
            var at = shard - _first;
            var part = new ShardBatch(rows, batch.Features.Slice(at * elements, elements))
            {
                Classes = batch.Classes.Slice(at * rows, rows),
            };
            var isLast = shard == _high - 1;
            var buffer = _accumulator.Next();
            if (isLast)
            {
                _collective.Begin(_shards, _accumulator.Upcoming(), _accumulator.Result().Memory);
            }
            _replica.ForwardBackward(part, new(1, 0, _step, shard), buffer, isLast ? _publish : null);
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
