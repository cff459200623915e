using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Planning;

namespace Neptune.Grains;

/// <summary>
/// Keeps queue and nodes, and tells jobs what <see cref="QueueRule"/> decides. Silos that end or die are found out here:
/// their nodes go, and the jobs that they worked for are told.
/// </summary>
[GrainType("neptune.scheduler")]
internal sealed partial class SchedulerGrain(
    [PersistentState("scheduler", GrainStorageName.Neptune)] IPersistentState<Stored<SchedulerState>> stored,
    ISiloStatusOracle silos,
    TimeProvider time,
    ILogger<SchedulerGrain> logger
) : Grain, ISchedulerGrain
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RemindPeriod = TimeSpan.FromSeconds(10);

    // A silo may be told of another's start, or of its end, some time after that happened.
    private static readonly TimeSpan StrangerPatience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _strangers = [];
    private IGrainTimer? _deciding;
    private bool _undecided;

    private SchedulerState State => stored.State.Value ?? new();

    private NodeRegistry Registry => State.Registry;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            static (self, _) => self.LookAroundAsync(),
            this,
            new()
            {
                DueTime = LookPeriod,
                Period = LookPeriod,
                KeepAlive = true,
            }
        );
        // Jobs may wait for a word that never reached this scheduler, or the one before it, or that never reached them.
        this.RegisterGrainTimer(
            static (self, _) => self.RemindOpenJobsAsync(),
            this,
            new()
            {
                DueTime = TimeSpan.Zero,
                Period = RemindPeriod,
                KeepAlive = true,
            }
        );
        return Task.CompletedTask;
    }

    public async Task RegisterAsync(SiloDescription silo)
    {
        var known = Registry.Silos.FirstOrDefault(s => s.Name == silo.Name);
        if (known is not null && known.Silo != silo.Silo && IsAlive(known))
        {
            throw new ConflictException(
                $"A silo called '{silo.Name}' is alive at {known.Silo}: two silos cannot share their nodes' names. "
                    + "Choose another name by --name."
            );
        }
        var outcome = Registry.Register(silo);
        if (known is null || known.Silo != silo.Silo || !SameNodes(outcome.Registry))
        {
            await ChangeAsync(outcome, $"silo {silo.Name} started anew");
        }
    }

    public Task UnregisterAsync(string name, string silo) =>
        ChangeAsync(Registry.Remove(name, silo), $"silo {name} ended");

    public Task EnqueueAsync(QueuedJob job) =>
        SaveAsync(
            job.Grows ? State with { Queue = [.. State.Queue.Where(q => q.Job != job.Job), job] }
            : State.Queue.Any(q => q.Job == job.Job && q.Attempt == job.Attempt) ? State
            : State with
            {
                Queue = [.. State.Queue.Where(q => q.Job != job.Job), job],
                // A job that queues holds no nodes: a grant that it never learnt of ended with its process.
                Registry = WithoutJob(job.Job),
            }
        );

    public Task ReleaseAsync(JobId job) =>
        SaveAsync(State with { Queue = [.. State.Queue.Where(q => q.Job != job)], Registry = WithoutJob(job) });

    public Task ReturnAsync(JobId job, ImmutableArray<NodeId> nodes) =>
        SaveAsync(State with { Registry = Registry.Assign(n => n.Job == job && nodes.Contains(n.Id) ? null : n.Job) });

    public Task<ImmutableArray<NodeInfo>> ListNodesAsync() => Task.FromResult(Registry.Nodes);

    public Task<ImmutableArray<SiloDescription>> ListSilosAsync() => Task.FromResult(Registry.Silos);

    public Task<NodeInfo> DrainAsync(NodeId node) => SetDrainedAsync(node, true);

    public Task<NodeInfo> ResumeAsync(NodeId node) => SetDrainedAsync(node, false);

    public Task FenceAsync(NodeId node, string fault) =>
        SaveAsync(State with { Registry = Registry.Fence(node, fault) });

    public Task PardonAsync(NodeId node, string fault) =>
        SaveAsync(State with { Registry = Registry.Pardon(node, fault) });

    private async Task<NodeInfo> SetDrainedAsync(NodeId node, bool drained)
    {
        if (!Registry.Nodes.Any(n => n.Id == node))
        {
            throw new NotFoundException(
                $"There is no node {node}. {NearestNames.Offer(node.Value, Registry.Nodes.Select(n => n.Id.Value))}"
            );
        }
        await SaveAsync(State with { Registry = Registry.Drain(node, drained) });
        return Registry.Nodes.First(n => n.Id == node);
    }

    private NodeRegistry WithoutJob(JobId job) => Registry.Assign(n => n.Job == job ? null : n.Job);

    private bool SameNodes(NodeRegistry other) =>
        Registry
            .Nodes.Select(n => (n.Id, n.Threads, n.NumericsFingerprint))
            .SequenceEqual(other.Nodes.Select(n => (n.Id, n.Threads, n.NumericsFingerprint)))
        && Registry.Nodes.SelectMany(n => n.Modules).SequenceEqual(other.Nodes.SelectMany(n => n.Modules));

    private async Task ChangeAsync(NodeRegistry.Outcome outcome, string reason)
    {
        if (ReferenceEquals(outcome.Registry, Registry))
        {
            return;
        }
        await SaveAsync(State with { Registry = outcome.Registry });
        foreach (var job in outcome.Bereft.GroupBy(lost => lost.Job, lost => lost.Node))
        {
            TellAsync(job.Key, JobOf(job.Key).RecoverAsync($"lost a node: {reason}", [.. job])).Ignore();
        }
    }

    private bool IsAlive(SiloDescription silo) =>
        silos.GetApproximateSiloStatus(SiloAddress.FromParsableString(silo.Silo))
            is SiloStatus.Joining
                or SiloStatus.Active
                or SiloStatus.ShuttingDown
                or SiloStatus.Stopping;

    private async Task LookAroundAsync()
    {
        await LookForLostSilosAsync();
        if (_undecided)
        {
            await DecideAsync(); // the store was away when it was tried
        }
    }

    private async Task LookForLostSilosAsync()
    {
        foreach (var silo in Registry.Silos)
        {
            if (IsAlive(silo))
            {
                _strangers.Remove(silo.Silo);
                continue;
            }
            _strangers.TryAdd(silo.Silo, time.GetTimestamp()); // wall clocks jump
            var isDead = silos.GetApproximateSiloStatus(SiloAddress.FromParsableString(silo.Silo)) == SiloStatus.Dead;
            if (isDead || time.GetElapsedTime(_strangers[silo.Silo]) > StrangerPatience)
            {
                _strangers.Remove(silo.Silo);
                LogLost(silo.Name, silo.Silo);
                await ChangeAsync(Registry.Remove(silo.Name, silo.Silo), $"silo {silo.Name} died");
            }
        }
    }

    private async Task RemindOpenJobsAsync()
    {
        foreach (var job in await GrainFactory.GetGrain<IJobIndexGrain>(IJobIndexGrain.Key).ListOpenAsync())
        {
            TellAsync(job, JobOf(job).RemindAsync(Granted(Registry.Nodes.Where(n => n.Job == job)))).Ignore();
        }
    }

    private async Task SaveAsync(SchedulerState next)
    {
        await stored.SaveAsync(next);
        _undecided = true;
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
        var alive = Registry.Silos.Where(IsAlive).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var decision = QueueRule.Decide(State.Queue, [.. Registry.Nodes.Where(n => alive.Contains(n.Id.Host))]);
        if (decision.Grants.Length > 0)
        {
            var holders = decision
                .Grants.SelectMany(g => g.Nodes.Select(node => (node.Id, g.Job.Job)))
                .ToDictionary(g => g.Id, g => g.Job);
            await stored.SaveAsync(
                State with
                {
                    Queue = decision.Left,
                    Registry = Registry.Assign(n => holders.TryGetValue(n.Id, out var job) ? job : n.Job),
                }
            );
        }
        _undecided = State.Queue.Length > 0 && alive.Count < Registry.Silos.Length; // some may turn out to be there
        foreach (var (job, nodes) in decision.Grants)
        {
            TellAsync(job.Job, JobOf(job.Job).GrantAsync(job.Attempt, Granted(nodes))).Ignore();
        }
        foreach (var (job, reason) in decision.Waits)
        {
            TellAsync(job.Job, JobOf(job.Job).ExplainWaitAsync(reason)).Ignore();
        }
    }

    private ImmutableArray<GrantedNode> Granted(IEnumerable<NodeInfo> nodes)
    {
        var links = Registry.Silos.ToDictionary(s => s.Name, s => s.Link);
        return [.. nodes.Select(n => new GrantedNode(n.Id, links.GetValueOrDefault(n.Id.Host), n.NumericsFingerprint))];
    }

    private IJobGrain JobOf(JobId job) => GrainFactory.GetGrain<IJobGrain>(job.Value);

    private async Task TellAsync(JobId job, Task told)
    {
        try
        {
            await told;
        }
        catch (Exception error)
        {
            LogNotTold(error, job);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} could not be told of the scheduler's news")]
    private partial void LogNotTold(Exception error, JobId job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Name} ({Silo}) is gone, and its nodes with it")]
    private partial void LogLost(string name, string silo);
}
