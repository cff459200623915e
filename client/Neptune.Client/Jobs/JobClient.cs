using System.Runtime.CompilerServices;
using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>Training jobs.</summary>
public sealed class JobClient
{
    private const int SubmitTries = 10; // of half a minute

    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(3);

    private readonly IGrainFactory _grains;

    internal JobClient(IGrainFactory grains) => _grains = grains;

    /// <summary>Submits a job.</summary>
    /// <param name="spec">What to train.</param>
    /// <param name="id">The job's id; null takes a new one.</param>
    /// <exception cref="JobRejectedException">The spec cannot run; the message names the field.</exception>
    /// <exception cref="ConflictException">There is a job of that id with another spec.</exception>
    public async Task<JobSnapshot> SubmitAsync(JobSpec spec, JobId? id = null)
    {
        var job = Grain(id ?? JobId.New());
        for (var left = SubmitTries; ; left--)
        {
            try
            {
                return await job.SubmitAsync(spec);
            }
            catch (TimeoutException) when (left > 1)
            {
                // Its answer was lost, or a large version is copied for it: to submit it again changes nothing.
            }
        }
    }

    /// <summary>What is kept of a job's states, oldest first: its checkpoints, and its newest package.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    public async Task<IReadOnlyList<CheckpointEntry>> CheckpointsAsync(JobId job) =>
        await Grain(job).ListCheckpointsAsync();

    /// <summary>
    /// Submits a new job that starts from a version of another one, and goes on with other hyper-parameters. What it
    /// needs is copied first: the other job may train on, and remove what it likes.
    /// </summary>
    /// <param name="job">The other job.</param>
    /// <param name="changes">Which version, and what is different from there on.</param>
    /// <param name="id">The new job's id; null takes a new one.</param>
    /// <exception cref="NotFoundException">There is no such job or version; the message names what there is.</exception>
    /// <exception cref="JobRejectedException">The fork cannot run; the message says what differs.</exception>
    public async Task<JobSnapshot> ForkAsync(JobId job, JobFork changes, JobId? id = null) =>
        await SubmitAsync(changes.SpecOf(await GetAsync(job)), id);

    /// <summary>
    /// Trains again what a job has trained, and compares the bits of the results. The second job is seen in the list of
    /// jobs; its result gets no version in the registry.
    /// </summary>
    /// <param name="job">A job that has ended, and has a package.</param>
    /// <param name="nodes">On how many nodes; null takes as many as the job.</param>
    /// <param name="from">From which of its kept versions; null begins where the job began.</param>
    /// <param name="progress">Told of every change of the second job.</param>
    /// <param name="cancellation">Ends the second job.</param>
    /// <exception cref="ConflictException">The job trains, or there is nothing to compare with.</exception>
    /// <exception cref="NotFoundException">There is no such job or version; the message names what there is.</exception>
    /// <exception cref="JobFailedException">The second job has failed.</exception>
    /// <exception cref="JobCancelledException">The second job was ended before it was as far as the first.</exception>
    public async Task<JobVerification> VerifyAsync(
        JobId job,
        int? nodes = null,
        long? from = null,
        IProgress<JobSnapshot>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var known = await GetAsync(job);
        var again = await SubmitAsync(JobVerification.SpecOf(known, nodes, from));
        var last = await EndAsync(again.Id, progress, cancellation);
        return last.Phase switch
        {
            JobPhase.Succeeded or JobPhase.Cancelled when last.Package?.Step == known.Package!.Step => new(known, last),
            JobPhase.Failed => throw new JobFailedException(last),
            _ => throw new JobCancelledException(last),
        };
    }

    /// <summary>A job as it is.</summary>
    /// <exception cref="NotFoundException">There is no such job.</exception>
    public Task<JobSnapshot> GetAsync(JobId job) => Grain(job).GetSnapshotAsync();

    /// <summary>All jobs, oldest first.</summary>
    public async Task<IReadOnlyList<JobSnapshot>> ListAsync()
    {
        var jobs = await _grains.GetGrain<IJobIndexGrain>(IJobIndexGrain.Key).ListAsync();
        return await Task.WhenAll(jobs.Select(GetAsync));
    }

    /// <summary>Ends a job at a step boundary; what was reached is kept.</summary>
    public Task<JobSnapshot> CancelAsync(JobId job, string reason = "cancelled by its owner") =>
        Grain(job).CancelAsync(reason);

    /// <summary>
    /// Changes how many nodes a job uses, while it trains: it takes what is free up to that number, or gives nodes back at a
    /// step boundary. The bits of its result stay the same.
    /// </summary>
    /// <exception cref="InvalidInputException">So many are not possible.</exception>
    /// <exception cref="ConflictException">The job has ended.</exception>
    public Task<JobSnapshot> ScaleAsync(JobId job, int nodes) => Grain(job).ScaleAsync(nodes);

    /// <summary>Lets a paused, cancelled or failed job go on from its last package.</summary>
    public Task<JobSnapshot> ResumeAsync(JobId job) => Grain(job).ResumeAsync();

    /// <summary>
    /// The latest steps of each rank of a job's current generation, moment by moment, for as long as its nodes do not work
    /// for another job.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such job, or no node has steps of it any more.</exception>
    public async Task<IReadOnlyList<RankTrace>> TraceAsync(JobId job)
    {
        var snapshot = await GetAsync(job);
        var traces = await Task.WhenAll(
            snapshot.Ranks.Select(rank => _grains.GetGrain<INodeGrain>(rank.Node.Value).TraceAsync(job))
        );
        var known = traces.OfType<RankTrace>().Where(t => !t.Steps.IsEmpty).ToArray();
        return known.Length > 0
            ? known
            : throw new NotFoundException(
                $"No node has steps of job {job} any more: they are kept until the node works for another job or its silo ends."
            );
    }

    /// <summary>A job's views as they change, up to its end.</summary>
    public async IAsyncEnumerable<JobSnapshot> WatchAsync(
        JobId job,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        var snapshot = await GetAsync(job);
        yield return snapshot;
        while (!snapshot.HasEnded)
        {
            var next = await Grain(job).WaitForChangeAsync(snapshot.Revision, LongPoll).WaitAsync(cancellation);
            if (next.Revision != snapshot.Revision)
            {
                yield return next;
            }
            snapshot = next;
        }
    }

    /// <summary>Waits for a job's end.</summary>
    /// <param name="job">The job.</param>
    /// <param name="progress">Told of every change.</param>
    /// <param name="cancellation">Cancels the job: it stops at a step boundary, and what was reached is kept.</param>
    /// <exception cref="JobFailedException">The job has failed; its snapshot holds the last good package.</exception>
    /// <exception cref="JobCancelledException">The job was cancelled or paused; its snapshot holds what was reached.</exception>
    public async Task<TrainingHistory> WaitAsync(
        JobId job,
        IProgress<JobSnapshot>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var last = await EndAsync(job, progress, cancellation);
        return last.Phase switch
        {
            JobPhase.Succeeded => new(last),
            JobPhase.Failed => throw new JobFailedException(last),
            _ => throw new JobCancelledException(last),
        };
    }

    private async Task<JobSnapshot> EndAsync(
        JobId job,
        IProgress<JobSnapshot>? progress,
        CancellationToken cancellation
    )
    {
        try
        {
            return await LastAsync(job, progress, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await CancelAsync(job);
            return await LastAsync(job, progress, CancellationToken.None);
        }
    }

    private async Task<JobSnapshot> LastAsync(
        JobId job,
        IProgress<JobSnapshot>? progress,
        CancellationToken cancellation
    )
    {
        JobSnapshot? last = null;
        await foreach (var snapshot in WatchAsync(job, cancellation))
        {
            progress?.Report(snapshot);
            last = snapshot;
        }
        return last!;
    }

    private IJobGrain Grain(JobId job) => _grains.GetGrain<IJobGrain>(job.Value);
}
