using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>What the JobGrain does after it has persisted a state. Each may be repeated without harm.</summary>
public abstract record JobCommand
{
    private JobCommand() { }

    /// <summary>Put the job's attempt into the scheduler's queue.</summary>
    public sealed record Enqueue(QueuedJob Job) : JobCommand;

    /// <summary>Set the first membership of an attempt, and start its ranks by a tree of ShardGrains.</summary>
    public sealed record StartTree(Generation Generation) : JobCommand;

    /// <summary>Give the ranks of a membership, which run already, a tree to report to.</summary>
    public sealed record AdoptTree(Generation Generation) : JobCommand;

    /// <summary>Have nodes load graph and data, and offer themselves to the ranks.</summary>
    public sealed record Recruit(ImmutableArray<NodeId> Nodes) : JobCommand;

    /// <summary>Ask nodes to leave at a step boundary.</summary>
    public sealed record Dismiss(ImmutableArray<Departure> Departures) : JobCommand;

    /// <summary>Give nodes back that have left.</summary>
    public sealed record Return(ImmutableArray<NodeId> Nodes) : JobCommand;

    /// <summary>Keep nodes that computed wrongly from all jobs.</summary>
    public sealed record Fence(ImmutableArray<Suspicion> Nodes) : JobCommand;

    /// <summary>Give nodes jobs again that were fenced for what is not their fault.</summary>
    public sealed record Pardon(ImmutableArray<Suspicion> Nodes) : JobCommand;

    /// <summary>Ask the tree to stop at a step boundary.</summary>
    public sealed record StopTree(Generation Generation) : JobCommand;

    /// <summary>End the membership for good, and give all nodes back, or leave the queue.</summary>
    public sealed record Release : JobCommand;

    /// <summary>Register the finished package, then tell the state machine its version.</summary>
    public sealed record Register(PackageRef Package, EpochReport? Metrics) : JobCommand;
}
