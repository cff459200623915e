using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>A device of a silo, with the rank that runs on it.</summary>
internal sealed class Node(Silo silo, NodeId id)
{
    public Silo Silo => silo;

    public NodeId Id => id;

    /// <summary>The grain that starts ranks here; null while the silo is away.</summary>
    public NodeGrain? Grain { get; set; }

    /// <summary>
    /// The rank that runs in this start of the silo, or ran last; it does not need the grain to go on.
    /// </summary>
    public Rank? Run { get; set; }

    /// <summary>The rank's end of its group; null while it is in none.</summary>
    public GroupEnd? End { get; set; }

    /// <summary>The rank's end of the group that is prepared for the next generation.</summary>
    public GroupEnd? NextEnd { get; set; }

    /// <summary>How many times longer than others it takes.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>The end in a generation's group.</summary>
    public GroupEnd? EndOf(Generation generation) =>
        End?.Generation.Token == generation.Token ? End
        : NextEnd?.Generation.Token == generation.Token ? NextEnd
        : null;

    /// <summary>A frame has come: the end that it is meant for takes it, or else the one that there is refuses it.</summary>
    public void Receive(Frame frame) => (EndOf(frame.Generation) ?? End ?? NextEnd)?.Receive(frame);

    public override string ToString() => id.Value;
}
