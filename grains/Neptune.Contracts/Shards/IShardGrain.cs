namespace Neptune.Contracts;

/// <summary>
/// Divide and conquer: takes ranks with their shard ranges, halves them, and hands the halves to two children, down to
/// one node each. On the way back it merges its children's reports. Its key is <c>job/generation/first-end</c>.
/// </summary>
[Alias("neptune.shard")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Starts the ranks below. Repeating the call changes nothing.</summary>
    [Alias("start")]
    Task StartAsync(ShardAssignment assignment);

    /// <summary>Takes a child's report, which replaces that child's earlier one, and passes the merged one on.</summary>
    /// <returns>False where this grain was never started, or has lost its memory with its silo: the tree must be built anew.</returns>
    [Alias("report")]
    Task<bool> ReportAsync(ShardReport report);

    /// <summary>Asks the ranks below to stop at a step boundary.</summary>
    [Alias("stop")]
    Task StopAsync();

    /// <summary>Ends the ranks below at once: another part of the generation could not start.</summary>
    [Alias("abort")]
    Task AbortAsync(string reason);
}
