using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>Cuts a job's shards into contiguous ranges by the speed of those who compute them.</summary>
public static class ShardCut
{
    /// <summary>
    /// The cut in which the slowest rank is done earliest. Each shard in turn goes to the rank that would have computed it
    /// first, which is optimal for equal pieces of work on machines of unlike speed (list scheduling, R. L. Graham 1969).
    /// </summary>
    /// <param name="shards">S, at least 1.</param>
    /// <param name="secondsPerShard">Of each rank, at least one; 0 where it is not known: then the mean of the others.</param>
    public static ImmutableArray<ShardRange> BySpeed(int shards, ReadOnlySpan<double> secondsPerShard)
    {
        var seconds = secondsPerShard.ToArray();
        var known = seconds.Where(s => s > 0).DefaultIfEmpty(1).Average();
        var counts = new int[seconds.Length];
        var next = new PriorityQueue<int, (double Done, int Rank)>();
        for (var rank = 0; rank < seconds.Length; rank++)
        {
            seconds[rank] = seconds[rank] > 0 ? seconds[rank] : known;
            next.Enqueue(rank, (seconds[rank], rank));
        }
        for (var shard = 0; shard < shards; shard++)
        {
            var rank = next.Dequeue();
            counts[rank]++;
            next.Enqueue(rank, ((counts[rank] + 1) * seconds[rank], rank));
        }
        var low = 0;
        return [.. counts.Select(count => new ShardRange(low, low += count))];
    }
}
