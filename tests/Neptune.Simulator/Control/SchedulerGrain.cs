using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>Keeps queue and nodes, as grains/Neptune.Grains/Scheduling/SchedulerGrain.cs does.</summary>
internal sealed class SchedulerGrain(World world) : Grain(world)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);
    private const int LooksPerReminder = 10;

    private readonly GrainStorage<Book> _stored = new(world);
    private Book _book = new([], new());
    private int _seen;
    private bool _undecided;
    private bool _deciding;

    private sealed record Book(ImmutableArray<QueuedJob> Queue, NodeRegistry Registry);

    /// <summary>What is persisted, for invariants.</summary>
    public NodeRegistry Registry => _stored.Value?.Registry ?? new();

    /// <summary>The queue, for invariants.</summary>
    public ImmutableArray<QueuedJob> Queue => _stored.Value?.Queue ?? [];

    public IEnumerable<Signal> Register(Turn turn, SiloDescription silo)
    {
        var known = _book.Registry.Silos.FirstOrDefault(s => s.Name == silo.Name);
        if (known is not null && known.Silo != silo.Silo && World.Operations.IsAlive(known.Silo))
        {
            turn.Error = $"A silo called {silo.Name} is alive.";
            return [];
        }
        return known?.Silo == silo.Silo
            ? []
            : Change(turn, _book.Registry.Register(silo), $"silo {silo.Name} started anew");
    }

    public IEnumerable<Signal> Unregister(Turn turn, string name, string silo) =>
        Change(turn, _book.Registry.Remove(name, silo), $"silo {name} ended");

    public IEnumerable<Signal> Enqueue(Turn turn, QueuedJob job) =>
        Save(
            turn,
            job.Grows ? _book with { Queue = [.. _book.Queue.Where(q => q.Job != job.Job), job] }
                : _book.Queue.Any(q => q.Job == job.Job && q.Attempt == job.Attempt) ? _book
                : new([.. _book.Queue.Where(q => q.Job != job.Job), job], WithoutJob(job.Job))
        );

    public IEnumerable<Signal> Release(Turn turn, JobId job) =>
        Save(
            turn,
            new(
                [.. _book.Queue.Where(q => q.Job != job)],
                World.Mutation == Mutation.NodesNotReleased ? _book.Registry : WithoutJob(job)
            )
        );

    public IEnumerable<Signal> Return(Turn turn, JobId job, ImmutableArray<NodeId> nodes) =>
        Save(
            turn,
            _book with
            {
                Registry = _book.Registry.Assign(n => n.Job == job && nodes.Contains(n.Id) ? null : n.Job),
            }
        );

    public IEnumerable<Signal> Drain(Turn turn, NodeId node, bool drained) =>
        Save(turn, _book with { Registry = _book.Registry.Drain(node, drained) });

    protected override void Activate()
    {
        (_book, _seen) = (_stored.Value ?? new([], new()), _stored.Version);
        (_undecided, _deciding) = (true, false);
        Beside(LookAround());
        InTurn(_ => LookAfterOpenJobs());
    }

    private NodeRegistry WithoutJob(JobId job) => _book.Registry.Assign(n => n.Job == job ? null : n.Job);

    private IEnumerable<Signal> Change(Turn turn, NodeRegistry.Outcome outcome, string reason)
    {
        if (ReferenceEquals(outcome.Registry, _book.Registry))
        {
            yield break;
        }
        foreach (var wait in Save(turn, _book with { Registry = outcome.Registry }))
        {
            yield return wait;
        }
        if (turn.HasFailed)
        {
            yield break;
        }
        foreach (var lost in outcome.Bereft.GroupBy(l => l.Job, l => l.Node))
        {
            var (job, nodes) = (World.Jobs[lost.Key], lost.ToImmutableArray());
            job.Call(Host, told => job.Recover(told, $"lost a node: {reason}", nodes));
        }
    }

    private IEnumerable<Signal> LookAround()
    {
        for (var look = 1; ; look++)
        {
            yield return World.Timeline.Sleep(LookPeriod, Host);
            InTurn(LookForLostSilos);
            if (look % LooksPerReminder == 0)
            {
                InTurn(_ => LookAfterOpenJobs());
            }
        }
    }

    private IEnumerable<Signal> LookAfterOpenJobs()
    {
        foreach (var id in World.Index.Open)
        {
            var job = World.Jobs[id];
            var held = Granted(_book.Registry.Nodes.Where(n => n.Job == id));
            job.Call(Host, told => job.Remind(told, held));
        }
        yield break;
    }

    private IEnumerable<Signal> LookForLostSilos(Turn turn)
    {
        foreach (var silo in _book.Registry.Silos)
        {
            if (!World.Operations.IsAlive(silo.Silo))
            {
                var outcome = _book.Registry.Remove(silo.Name, silo.Silo);
                foreach (var wait in Change(turn, outcome, $"silo {silo.Name} died"))
                {
                    yield return wait;
                }
                if (turn.HasFailed)
                {
                    yield break;
                }
            }
        }
        if (_undecided)
        {
            foreach (var wait in Decide(turn))
            {
                yield return wait;
            }
        }
    }

    private IEnumerable<Signal> Save(Turn turn, Book next)
    {
        foreach (var wait in Write(turn, next))
        {
            yield return wait;
        }
        if (!turn.HasFailed)
        {
            _undecided = true;
            DecideSoon();
        }
    }

    private IEnumerable<Signal> Write(Turn turn, Book next)
    {
        var written = _stored.Write(Host, _seen, next);
        yield return written;
        if (written.HasFailed)
        {
            turn.Error = written.Error;
            if (_seen != _stored.Version)
            {
                Die(); // its view is old, as Orleans finds by the state's tag
            }
            yield break;
        }
        (_book, _seen) = (next, written.Value);
    }

    private void DecideSoon()
    {
        if (!_deciding)
        {
            _deciding = true;
            InTurn(Decide); // jobs are told in a turn of its own: a job that waits for this grain could not answer it
        }
    }

    private IEnumerable<Signal> Decide(Turn turn)
    {
        _deciding = false;
        var alive = _book.Registry.Silos.Where(s => World.Operations.IsAlive(s.Silo)).Select(s => s.Name).ToHashSet();
        var decision = World.Rules.Queue(_book.Queue, [.. _book.Registry.Nodes.Where(n => alive.Contains(n.Id.Host))]);
        if (decision.Grants.Length > 0)
        {
            World.Checks.Nodes.Granted(_book.Registry, decision);
            var holders = decision
                .Grants.SelectMany(g => g.Nodes.Select(node => (node.Id, g.Job.Job)))
                .ToDictionary(g => g.Id, g => g.Job);
            var registry = _book.Registry.Assign(n => holders.TryGetValue(n.Id, out var job) ? job : n.Job);
            foreach (var wait in Write(turn, new(decision.Left, registry)))
            {
                yield return wait;
            }
            if (turn.HasFailed)
            {
                yield break;
            }
        }
        _undecided = _book.Queue.Length > 0 && alive.Count < _book.Registry.Silos.Length;
        foreach (var (queued, nodes) in decision.Grants)
        {
            var granted = Granted(nodes);
            var job = World.Jobs[queued.Job];
            job.Call(Host, told => job.Grant(told, queued.Attempt, granted));
        }
        foreach (var (queued, reason) in decision.Waits)
        {
            var job = World.Jobs[queued.Job];
            job.Call(Host, told => job.ExplainWait(told, reason));
        }
    }

    private ImmutableArray<GrantedNode> Granted(IEnumerable<NodeInfo> nodes)
    {
        var links = _book.Registry.Silos.ToDictionary(s => s.Name, s => s.Link);
        return [.. nodes.Select(n => new GrantedNode(n.Id, links[n.Id.Host], n.NumericsFingerprint))];
    }
}
