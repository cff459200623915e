using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>One line of a job's history: who trained from a step on, and why that changed.</summary>
[GenerateSerializer, Immutable, Alias("neptune.generation-change")]
public sealed record GenerationChange
{
    /// <summary>The generation's number.</summary>
    [Id(0)]
    public required int Number { get; init; }

    /// <summary>When its membership was decided, by the clock of who decided it.</summary>
    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Why it began.</summary>
    [Id(2)]
    public required string Cause { get; init; }

    /// <summary>Its nodes.</summary>
    [Id(3)]
    public required int WorldSize { get; init; }

    /// <summary>The version that it went on from.</summary>
    [Id(4)]
    public TrainingVersion From { get; init; }

    /// <summary>Nodes that came.</summary>
    [Id(5)]
    public ImmutableArray<NodeId> Joined { get; init; } = [];

    /// <summary>Nodes that went, with the reason.</summary>
    [Id(6)]
    public ImmutableArray<Departure> Left { get; init; } = [];

    /// <summary>Committed steps that were to be done again because of it.</summary>
    [Id(8)]
    public long StepsLost { get; init; }

    /// <summary>
    /// From the last step committed before it to the first one of its own, in seconds; null while that is not done, and
    /// for the first generation.
    /// </summary>
    [Id(7)]
    public double? PauseSeconds { get; init; }
}
