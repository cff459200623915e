namespace Neptune.Data;

/// <summary>
/// How an epoch's order is cut into steps and shards: shard s of step t takes the places from t·S·B + s·B, at most B of
/// them. The last step may have a short shard and empty ones.
/// </summary>
public sealed record GlobalBatches
{
    /// <summary>Cuts <paramref name="count"/> samples.</summary>
    /// <param name="count">The number of samples in an epoch.</param>
    /// <param name="shards">S, shards in a step.</param>
    /// <param name="shardSize">B, samples in a full shard.</param>
    public GlobalBatches(long count, int shards, int shardSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardSize, 1);
        (Count, Shards, ShardSize) = (count, shards, shardSize);
    }

    /// <summary>The number of samples in an epoch.</summary>
    public long Count { get; }

    /// <summary>S, shards in a step.</summary>
    public int Shards { get; }

    /// <summary>B, samples in a full shard.</summary>
    public int ShardSize { get; }

    /// <summary>S·B, samples in a full step.</summary>
    public long BatchSize => (long)Shards * ShardSize;

    /// <summary>Steps in an epoch, with the last, short one.</summary>
    public long StepsPerEpoch => ((Count - 1) / BatchSize) + 1;

    /// <summary>The samples in a step: what its gradient sums are divided by.</summary>
    public long SamplesInStep(long stepInEpoch) => Math.Min(BatchSize, Count - (CheckedStep(stepInEpoch) * BatchSize));

    /// <summary>A shard's places in the epoch's order; none for an empty shard.</summary>
    public (long Start, int Count) Places(long stepInEpoch, int shard)
    {
        if (shard < 0 || shard >= Shards)
            throw new ArgumentOutOfRangeException(nameof(shard), shard, $"A step has the shards 0 to {Shards - 1}.");
        var start = Math.Min(Count, (CheckedStep(stepInEpoch) * BatchSize) + ((long)shard * ShardSize));
        return (start, (int)Math.Min(ShardSize, Count - start));
    }

    private long CheckedStep(long step)
    {
        if (step < 0 || step >= StepsPerEpoch)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step),
                step,
                $"An epoch has the steps 0 to {StepsPerEpoch - 1}."
            );
        }
        return step;
    }
}
