namespace Neptune.Worker;

/// <summary>Training has diverged: a loss or gradient is no number. The weights are those of the step before.</summary>
internal sealed class NonFiniteLossException(string message, bool isElsewhere) : Exception(message)
{
    /// <summary>True where another rank computed it, which names shard and parameter.</summary>
    public bool IsElsewhere { get; } = isElsewhere;
}
