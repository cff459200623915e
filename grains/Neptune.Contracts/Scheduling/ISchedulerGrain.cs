using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>The queue: gives each job all its nodes at once, first come, first served. One grain with the key <c>main</c>.</summary>
[Alias("neptune.scheduler")]
public interface ISchedulerGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "main";

    /// <summary>
    /// A silo announces itself; repeating the call tells that it is there. Nodes known before keep their job, unless
    /// the silo has started anew: such jobs have lost them.
    /// </summary>
    /// <exception cref="ConflictException">Another silo of this name is alive.</exception>
    [Alias("register")]
    Task RegisterAsync(SiloDescription silo);

    /// <summary>A silo ends: its nodes are gone.</summary>
    [Alias("unregister")]
    Task UnregisterAsync(string name, string silo);

    /// <summary>The silos that are there, by name.</summary>
    [Alias("silos"), AlwaysInterleave]
    Task<ImmutableArray<SiloDescription>> ListSilosAsync();

    /// <summary>The node gets no new job; one that it works for goes on to its end.</summary>
    /// <exception cref="NotFoundException">There is no such node; the message offers the nearest.</exception>
    [Alias("drain")]
    Task<NodeInfo> DrainAsync(NodeId node);

    /// <summary>A node computes wrongly: it gets no more jobs until somebody has looked after it and resumes it.</summary>
    [Alias("fence")]
    Task FenceAsync(NodeId node, string fault);

    /// <summary>What a node was fenced for is not its fault: it gets jobs again.</summary>
    [Alias("pardon")]
    Task PardonAsync(NodeId node, string fault);

    /// <summary>A drained node gets jobs again.</summary>
    /// <exception cref="NotFoundException">There is no such node; the message offers the nearest.</exception>
    [Alias("undrain")]
    Task<NodeInfo> ResumeAsync(NodeId node);

    /// <summary>Puts a job's attempt into the queue; repeating the call changes nothing.</summary>
    [Alias("enqueue")]
    Task EnqueueAsync(QueuedJob job);

    /// <summary>Takes a job out of the queue and frees its nodes.</summary>
    [Alias("release")]
    Task ReleaseAsync(JobId job);

    /// <summary>A job gives some of its nodes back, and goes on with the others.</summary>
    [Alias("return")]
    Task ReturnAsync(JobId job, ImmutableArray<NodeId> nodes);

    /// <summary>The nodes, by name.</summary>
    [Alias("nodes"), AlwaysInterleave]
    Task<ImmutableArray<NodeInfo>> ListNodesAsync();
}
