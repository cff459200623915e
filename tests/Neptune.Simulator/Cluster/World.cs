using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>Everything that one seed plays with.</summary>
internal sealed class World
{
    private readonly Dictionary<NodeId, Node> _nodes = [];

    public World(ulong seed, Mutation mutation, bool keepsAll)
    {
        Mutation = mutation;
        Timeline = new(seed, keepsAll);
        Network = new(Timeline);
        Store = new(this);
        Checks = new(this);
        Rules = new(mutation);
        Plan = Plan.Draw(Timeline, seed);
        Silos = [.. Plan.NodesOfSilos.Select((nodes, number) => new Silo($"s{number}", nodes))];
        foreach (var node in Silos.SelectMany(silo => silo.Nodes))
        {
            _nodes.Add(node.Id, node);
        }
        Operations = new(this);
        Index = new(this);
        Scheduler = new(this);
        foreach (var training in Plan.Trainings)
        {
            Jobs.Add(training.Job, new(this, training));
        }
    }

    public Mutation Mutation { get; }

    public Timeline Timeline { get; }

    public Network Network { get; }

    public MembershipStore Store { get; }

    public Checks Checks { get; }

    public Rules Rules { get; }

    public Plan Plan { get; }

    public Silo[] Silos { get; }

    public SiloOperations Operations { get; }

    public SchedulerGrain Scheduler { get; }

    public JobIndex Index { get; }

    /// <summary>The coordinators, in the order of their jobs.</summary>
    public Dictionary<JobId, JobGrain> Jobs { get; } = [];

    /// <summary>The packages that were written, by artifact.</summary>
    public Dictionary<string, ReplicaState> Packages { get; } = [];

    /// <summary>What happened, for the summary.</summary>
    public Tally Tally { get; } = new();

    /// <summary>A node by its name.</summary>
    public Node NodeOf(NodeId id) => _nodes[id];

    /// <summary>All nodes.</summary>
    public IEnumerable<Node> Nodes => _nodes.Values;

    /// <summary>The time for people; it starts at a fixed day.</summary>
    public DateTimeOffset Date => new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero) + Timeline.Now;
}
