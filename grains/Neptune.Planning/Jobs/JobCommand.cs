using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>What the JobGrain does after it has persisted a state. Each may be repeated without harm.</summary>
public abstract record JobCommand
{
    private JobCommand() { }

    /// <summary>Put the job's attempt into the scheduler's queue.</summary>
    public sealed record Enqueue(QueuedJob Job) : JobCommand;

    /// <summary>Build the tree of ShardGrains of a membership.</summary>
    public sealed record StartTree(Generation Generation) : JobCommand;

    /// <summary>Ask the tree to stop at a step boundary.</summary>
    public sealed record StopTree(Generation Generation) : JobCommand;

    /// <summary>Give the nodes back, or leave the queue.</summary>
    public sealed record Release : JobCommand;

    /// <summary>Register the finished package, then tell the state machine its version.</summary>
    public sealed record Register(PackageRef Package, EpochReport? Metrics) : JobCommand;
}
