using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>One TorchSharp device. Its key is the <see cref="NodeId"/>, and it lives on the silo that owns the device.</summary>
[Alias("neptune.node")]
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts a rank, or tells the one that runs of the tree it reports to now. Repeating the call changes nothing.
    /// </summary>
    /// <exception cref="ConflictException">The node works for another job.</exception>
    [Alias("start")]
    Task StartRankAsync(RankAssignment assignment);

    /// <summary>Asks the rank to stop at a step boundary; nothing happens where it has ended.</summary>
    [Alias("stop")]
    Task StopRankAsync(JobId job);

    /// <summary>The latest steps of the rank; null where the node has none of that job any more.</summary>
    [Alias("trace"), AlwaysInterleave]
    Task<RankTrace?> TraceAsync(JobId job);

    /// <summary>Ends the rank at once.</summary>
    [Alias("abort")]
    Task AbortRankAsync(JobId job, int generation, string reason);
}
