namespace Neptune.Worker;

/// <summary>Training has diverged: a loss or gradient is no number. The weights are those of the step before.</summary>
internal sealed class NonFiniteLossException(string message, bool isElsewhere, int? shard = null) : Exception(message)
{
    /// <summary>True where another rank computed it, which names shard and parameter.</summary>
    public bool IsElsewhere { get; } = isElsewhere;

    /// <summary>The shard whose loss it was; null where it was elsewhere, or a gradient's sum.</summary>
    public int? Shard { get; } = shard;
}
