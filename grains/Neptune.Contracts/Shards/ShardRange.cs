namespace Neptune.Contracts;

/// <summary>A contiguous range of a job's gradient shards, <c>[Low, High)</c>; empty where they are equal.</summary>
[GenerateSerializer, Immutable, Alias("neptune.shard-range")]
public readonly record struct ShardRange([property: Id(0)] int Low, [property: Id(1)] int High)
{
    /// <summary>The number of shards.</summary>
    public int Count => High - Low;

    /// <summary>For example <c>[0,4)</c>.</summary>
    public override string ToString() => $"[{Low},{High})";
}
