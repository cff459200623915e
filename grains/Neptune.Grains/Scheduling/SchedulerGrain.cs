using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

/// <summary>Keeps queue and nodes, and tells jobs what <see cref="QueueRule"/> decides.</summary>
[GrainType("neptune.scheduler")]
internal sealed partial class SchedulerGrain(
    [PersistentState("scheduler", GrainStorageName.Neptune)] IPersistentState<Stored<SchedulerState>> stored,
    ILogger<SchedulerGrain> logger
) : Grain, ISchedulerGrain
{
    private IGrainTimer? _deciding;

    private SchedulerState State => stored.State.Value ?? new();

    public Task RegisterNodesAsync(ImmutableArray<NodeInfo> nodes)
    {
        // What a silo announces replaces all that it announced before: it may own fewer devices now.
        var hosts = nodes.Select(n => n.Id.Host).ToHashSet(StringComparer.Ordinal);
        var holders = State.Nodes.ToDictionary(n => n.Id, n => n.Job);
        var merged = State
            .Nodes.Where(n => !hosts.Contains(n.Id.Host))
            .Concat(nodes.Select(n => n with { Job = holders.GetValueOrDefault(n.Id) }))
            .OrderBy(n => n.Id.Value, StringComparer.Ordinal);
        return SaveAsync(State with { Nodes = [.. merged] });
    }

    public Task EnqueueAsync(JobId job, int attempt, int nodes) =>
        SaveAsync(
            State.Queue.Any(q => q.Job == job && q.Attempt == attempt)
                ? State
                : State with
                {
                    Queue = [.. State.Queue.Where(q => q.Job != job), new QueuedJob(job, attempt, nodes)],
                    // A job that queues holds no nodes: a grant that it never learnt of ended with its process.
                    Nodes = [.. State.Nodes.Select(n => n.Job == job ? n with { Job = null } : n)],
                }
        );

    public Task ReleaseAsync(JobId job) =>
        SaveAsync(
            State with
            {
                Queue = [.. State.Queue.Where(q => q.Job != job)],
                Nodes = [.. State.Nodes.Select(n => n.Job == job ? n with { Job = null } : n)],
            }
        );

    public Task<ImmutableArray<NodeInfo>> ListNodesAsync() => Task.FromResult(State.Nodes);

    private async Task SaveAsync(SchedulerState next)
    {
        await stored.SaveAsync(next);
        // Jobs are told in a turn of its own: a job that waits for this grain could not answer it.
        _deciding ??= this.RegisterGrainTimer(
            static (self, _) => self.DecideAsync(),
            this,
            new() { DueTime = TimeSpan.Zero, Period = Timeout.InfiniteTimeSpan }
        );
        _deciding.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    // Not interleaved itself, so decisions are made one after the other; the calls to jobs go out without being awaited.
    private async Task DecideAsync()
    {
        var decision = QueueRule.Decide(State.Queue, State.Nodes);
        if (decision.Grants.Length > 0)
        {
            var holders = decision
                .Grants.SelectMany(g => g.Nodes.Select(node => (node, g.Job.Job)))
                .ToDictionary(g => g.node, g => g.Job);
            await stored.SaveAsync(
                State with
                {
                    Queue = [.. State.Queue.Except(decision.Grants.Select(g => g.Job))],
                    Nodes =
                    [
                        .. State.Nodes.Select(n => holders.TryGetValue(n.Id, out var job) ? n with { Job = job } : n),
                    ],
                }
            );
        }
        foreach (var (job, nodes) in decision.Grants)
        {
            TellAsync(job, JobOf(job).GrantAsync(job.Attempt, nodes)).Ignore();
        }
        foreach (var (job, reason) in decision.Waits)
        {
            TellAsync(job, JobOf(job).ExplainWaitAsync(reason)).Ignore();
        }
    }

    private IJobGrain JobOf(QueuedJob job) => GrainFactory.GetGrain<IJobGrain>(job.Job.Value);

    private async Task TellAsync(QueuedJob job, Task told)
    {
        try
        {
            await told;
        }
        catch (Exception error)
        {
            LogNotTold(error, job.Job);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} could not be told of the queue's decision")]
    private partial void LogNotTold(Exception error, JobId job);
}
