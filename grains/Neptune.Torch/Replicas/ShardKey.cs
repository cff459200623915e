using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>What a shard's random numbers depend on: equal keys give equal dropout masks on every node.</summary>
/// <param name="Seed">The job's seed.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Step">The optimizer step since the start.</param>
/// <param name="Shard">The shard's number in its global batch.</param>
public readonly record struct ShardKey(ulong Seed, int Epoch, long Step, int Shard)
{
    internal ulong For(string operation) => KeyedRandom.Key(Seed, $"operation:{operation}", Epoch, Step, Shard);
}
