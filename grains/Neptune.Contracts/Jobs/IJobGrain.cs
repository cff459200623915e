using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>A job's life. Its key is the <see cref="JobId"/>.</summary>
[Alias("neptune.job")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>
    /// Submits the job. Repeating the call with an equal spec changes nothing. Where it starts from another job's
    /// version, that is copied before the call returns.
    /// </summary>
    /// <exception cref="JobRejectedException">The spec cannot run; the message names the field.</exception>
    /// <exception cref="ConflictException">The job exists with another spec.</exception>
    /// <exception cref="NotFoundException">The job or the version to start from is missing.</exception>
    [Alias("submit"), ResponseTimeout("00:00:30")]
    Task<JobSnapshot> SubmitAsync(JobSpec spec);

    /// <summary>The last persisted view with the latest progress; answered even while a call is in progress.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    [Alias("snapshot"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<JobSnapshot> GetSnapshotAsync();

    /// <summary>The same, as soon as its revision is above <paramref name="seen"/>, or after <paramref name="wait"/>, of at most 3 s.</summary>
    [Alias("wait"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<JobSnapshot> WaitForChangeAsync(long seen, TimeSpan wait);

    /// <summary>What is kept of the job's states: its checkpoints and its package, oldest version first.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    /// <exception cref="StoreUnavailableException">The list of checkpoints does not answer.</exception>
    [Alias("checkpoints"), AlwaysInterleave]
    Task<ImmutableArray<CheckpointEntry>> ListCheckpointsAsync();

    /// <summary>Ends the job at a step boundary and keeps what was reached. Repeating the call changes nothing.</summary>
    [Alias("cancel")]
    Task<JobSnapshot> CancelAsync(string reason);

    /// <summary>Puts a paused, cancelled or failed job back into the queue, to go on from its last package.</summary>
    /// <exception cref="ConflictException">The job runs, or has succeeded.</exception>
    [Alias("resume")]
    Task<JobSnapshot> ResumeAsync();

    /// <summary>The scheduler gives the job its nodes. A repeated grant of the same attempt changes nothing.</summary>
    [Alias("grant")]
    Task GrantAsync(int attempt, ImmutableArray<GrantedNode> nodes);

    /// <summary>The scheduler says why the job waits.</summary>
    [Alias("waiting")]
    Task ExplainWaitAsync(string reason);

    /// <summary>The top ShardGrain's merged report.</summary>
    [Alias("report")]
    Task ReportAsync(ShardReport report);

    /// <summary>
    /// The scheduler has lost nodes of the job, or, where it names none, holds none for it. The nodes that are left go on by
    /// themselves; where none is left the job begins again from its last package, and one that waited waits on.
    /// </summary>
    [Alias("recover")]
    Task RecoverAsync(string reason, ImmutableArray<NodeId> lost);

    /// <summary>
    /// The scheduler says, now and then, which nodes it holds for the job: what was lost with a call, or with a silo, is made
    /// good. Repeating it changes nothing.
    /// </summary>
    [Alias("remind")]
    Task RemindAsync(ImmutableArray<GrantedNode> held);

    /// <summary>Changes how many nodes the job uses, while it trains: the bits of its result stay the same.</summary>
    /// <exception cref="InvalidInputException">So many are not possible.</exception>
    /// <exception cref="ConflictException">The job has ended.</exception>
    [Alias("scale")]
    Task<JobSnapshot> ScaleAsync(int nodes);

    /// <summary>A rank says that the ranks are at a newer generation than the job's tree, or that the tree is broken.</summary>
    [Alias("follow")]
    Task FollowAsync(int generation);
}
