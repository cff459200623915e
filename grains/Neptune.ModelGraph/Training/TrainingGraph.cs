using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>A graph with all that training needs besides data: loss, optimizer and metrics.</summary>
public sealed record TrainingGraph
{
    /// <summary>What is trained; its one output meets the loss.</summary>
    public required Graph Graph { get; init; }

    /// <summary>What training makes small.</summary>
    public required Loss Loss { get; init; }

    /// <summary>How weights change.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>What is measured besides the loss.</summary>
    public ImmutableArray<Metric> Metrics { get; init; } = [];

    /// <summary>Parameters by name that are trained unlike the others.</summary>
    public ImmutableSortedDictionary<string, ParameterUpdate> Updates { get; init; } =
        ImmutableSortedDictionary<string, ParameterUpdate>.Empty;
}
