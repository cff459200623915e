using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>A process with some nodes. It may end, be frozen, and start again under its name.</summary>
internal sealed class Silo
{
    public Silo(string name, int nodes)
    {
        Name = name;
        Nodes = [.. Enumerable.Range(0, nodes).Select(n => new Node(this, new($"{name}/cpu:{n}")))];
    }

    /// <summary>Its name, the same at each start.</summary>
    public string Name { get; }

    /// <summary>Its devices.</summary>
    public Node[] Nodes { get; }

    /// <summary>Counts its starts.</summary>
    public int Incarnation { get; set; }

    /// <summary>True while the process is there.</summary>
    public bool IsAlive { get; set; }

    /// <summary>True while it is stopped, as by SIGSTOP.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>True from the order to end on.</summary>
    public bool IsEnding { get; set; }

    /// <summary>When something was last wrong with it or its links; it is healthy since then.</summary>
    public TimeSpan DisturbedAt { get; set; }

    /// <summary>What waits for it to be thawed.</summary>
    public List<Happening> Deferred { get; } = [];

    /// <summary>The address of this start.</summary>
    public string Address => $"{Name}@{Incarnation}";

    /// <summary>Where this start takes links.</summary>
    public LinkEndpoint Link { get; set; } = new("", "", "", "");
}
