using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>The queue: gives each job all its nodes at once, first come, first served. One grain with the key <c>main</c>.</summary>
[Alias("neptune.scheduler")]
public interface ISchedulerGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "main";

    /// <summary>A silo announces its nodes; a node known before keeps its job.</summary>
    [Alias("register")]
    Task RegisterNodesAsync(ImmutableArray<NodeInfo> nodes);

    /// <summary>Puts a job's attempt into the queue; repeating the call changes nothing.</summary>
    [Alias("enqueue")]
    Task EnqueueAsync(JobId job, int attempt, int nodes);

    /// <summary>Takes a job out of the queue and frees its nodes.</summary>
    [Alias("release")]
    Task ReleaseAsync(JobId job);

    /// <summary>The nodes, by name.</summary>
    [Alias("nodes"), AlwaysInterleave]
    Task<ImmutableArray<NodeInfo>> ListNodesAsync();
}
