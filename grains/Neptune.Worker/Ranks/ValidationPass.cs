using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// Runs the validation samples through the model, divided over the ranks as training is: batch i belongs to shard
/// i mod S, and the shards' sums are added along the same tree.
/// </summary>
internal sealed class ValidationPass(ISampleSource source, JobSpec spec, Replica replica, int classCount) : IDisposable
{
    private const int LossSlot = 0;
    private const int CountSlot = 1;
    private const int CorrectSlot = 2;
    private const int MetricSlot = 3;

    private readonly SampleBatches _batches = new(source, spec.PerDeviceBatchSize, classCount);
    private readonly ShardAccumulator<float[]> _accumulator = new(
        () => new float[MetricSlot + replica.Metrics.Length],
        sums => sums
    );
    private readonly long[] _samples = new long[spec.PerDeviceBatchSize];
    private bool _hasSamples;

    /// <summary>The mean loss, the accuracy and the metrics over all validation samples: equal on all ranks.</summary>
    /// <param name="collective">The ranks. One that stands still is waited for as long as its batches may take.</param>
    /// <param name="range">This rank's shards.</param>
    /// <param name="deadline">What is known of the steps.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValidationOutcome Run(
        ICollective collective,
        ShardRange range,
        ProgressDeadline deadline,
        CancellationToken cancellation
    )
    {
        // The first pass brings the samples; in later ones a batch takes no longer than in a step.
        collective.StallLimit = _hasSamples ? deadline.LimitOf(BatchesOfShard) : ProgressDeadline.Unlearnt;
        _accumulator.Start(spec.Shards, range.Low, range.High);
        for (var shard = range.Low; shard < range.High; shard++)
        {
            var sums = _accumulator.Next();
            var found = OfShard(shard);
            Array.Clear(sums);
            (sums[LossSlot], sums[CountSlot], sums[CorrectSlot]) = ((float)found.LossSum, found.Count, found.Correct);
            for (var m = 0; m < found.Metrics.Length; m++)
            {
                sums[MetricSlot + m] = (float)found.Metrics[m];
            }
            _accumulator.Complete();
        }
        var partials = _accumulator.Finish();
        var total = _accumulator.Result();
        collective.AllReduce(spec.Shards, partials, total, cancellation);
        collective.StallLimit = deadline.Limit;
        _hasSamples = true;
        return new(
            total[LossSlot] / (double)total[CountSlot],
            total[CorrectSlot] / (double)total[CountSlot],
            replica.Metrics.ValuesOf([.. total.Skip(MetricSlot).Select(sum => (double)sum)])
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _accumulator.Dispose();

    private long Stride => (long)spec.Shards * spec.PerDeviceBatchSize;

    private long BatchesOfShard => (source.Count + Stride - 1) / Stride; // of the first, which has the most

    private EvaluationSums OfShard(int shard)
    {
        var all = EvaluationSums.Zero;
        for (var start = (long)shard * spec.PerDeviceBatchSize; start < source.Count; start += Stride)
        {
            var numbers = _samples.AsSpan(0, (int)Math.Min(spec.PerDeviceBatchSize, source.Count - start));
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = start + i;
            }
            all = all.Add(replica.Evaluate(_batches.Read(numbers)));
        }
        return all;
    }
}
