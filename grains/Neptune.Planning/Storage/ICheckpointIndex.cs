using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>
/// Which checkpoints a job has: what outlives all its nodes. Every call throws <see cref="StoreUnavailableException"/>
/// where the store does not answer; what was asked for may then be done or not, and can be repeated.
/// </summary>
public interface ICheckpointIndex
{
    /// <summary>Adds a checkpoint whose manifest is written; nothing happens where it is there already.</summary>
    Task AddAsync(JobId job, CheckpointEntry entry);

    /// <summary>A job's checkpoints, oldest version first, and those of one version by time.</summary>
    Task<ImmutableArray<CheckpointEntry>> ListAsync(JobId job);

    /// <summary>Removes a checkpoint; nothing happens where it is not there. Its files stay.</summary>
    Task RemoveAsync(JobId job, CheckpointEntry entry);
}
