using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>All that a job persists.</summary>
[GenerateSerializer, Immutable, Alias("neptune.job-state")]
public sealed record JobState
{
    /// <summary>What others see.</summary>
    [Id(0)]
    public required JobSnapshot Snapshot { get; init; }

    /// <summary>Counts the times the job entered the queue, from 1.</summary>
    [Id(1)]
    public int Attempt { get; init; }

    /// <summary>The membership; null before the first.</summary>
    [Id(2)]
    public Generation? Generation { get; init; }

    /// <summary>The data set's version that the job is pinned to.</summary>
    [Id(3)]
    public required DatasetInfo Dataset { get; init; }

    /// <summary>Members of the generation that the scheduler has lost.</summary>
    [Id(5)]
    public ImmutableArray<NodeId> Lost { get; init; } = [];

    /// <summary>Nodes that the running job holds and that are no members: not yet, or no longer, for they did not keep up.</summary>
    [Id(6)]
    public ImmutableArray<NodeId> Recruits { get; init; } = [];

    /// <summary>Nodes that were asked to leave and have not left yet.</summary>
    [Id(7)]
    public ImmutableArray<NodeId> Leaving { get; init; } = [];

    /// <summary>Committed steps that the next attempt does again, for it goes on from a package.</summary>
    [Id(9)]
    public long StepsLost { get; init; }

    /// <summary>How often what was trained had to be done again, and no majority said who had computed wrongly.</summary>
    [Id(10)]
    public int Undecided { get; init; }

    /// <summary>The version that it went back to last because something was computed wrongly; null where it never had to.</summary>
    [Id(12)]
    public TrainingVersion? WentBackTo { get; init; }

    /// <summary>Why it went back last; null where it never had to.</summary>
    [Id(14)]
    public string? WentBackFor { get; init; }

    /// <summary>
    /// The package that it had then and that is behind what it went back to: in doubt until training comes to the same once more.
    /// </summary>
    [Id(15)]
    public PackageRef? Doubted { get; init; }

    /// <summary>The nodes that were fenced for what came after <see cref="WentBackTo"/>.</summary>
    [Id(13)]
    public ImmutableArray<Suspicion> Accused { get; init; } = [];

    /// <summary>
    /// The nodes that were fenced for numbers that were not finite, while it is not known whether training itself makes such ones.
    /// The job's end pardons them.
    /// </summary>
    [Id(16)]
    public ImmutableArray<OpenCharge> OpenCharges { get; init; } = [];

    /// <summary>The users' modules that it runs.</summary>
    [Id(11)]
    public ImmutableArray<NodeModule> Modules { get; init; } = [];

    /// <summary>The last report of the current generation; null before.</summary>
    [Id(8)]
    public ShardReport? LastReport { get; init; }
}
