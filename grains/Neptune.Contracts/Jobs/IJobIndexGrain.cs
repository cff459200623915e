using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>Remembers the jobs of the cluster in the order of their submission. One grain with the key <c>all</c>.</summary>
[Alias("neptune.job-index")]
public interface IJobIndexGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "all";

    /// <summary>Adds a job that is queued, or that is again; repeating the call changes nothing.</summary>
    [Alias("add")]
    Task AddAsync(JobId job);

    /// <summary>The job has ended: it stays in the list of all.</summary>
    [Alias("close")]
    Task CloseAsync(JobId job);

    /// <summary>All jobs, oldest first.</summary>
    [Alias("list"), AlwaysInterleave]
    Task<ImmutableArray<JobId>> ListAsync();

    /// <summary>The jobs that have not ended, oldest first.</summary>
    [Alias("open"), AlwaysInterleave]
    Task<ImmutableArray<JobId>> ListOpenAsync();
}
