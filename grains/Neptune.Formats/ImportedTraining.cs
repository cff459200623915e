using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What a model file says of training, in Neptune's terms: what it leaves out is null.</summary>
public sealed record ImportedTraining
{
    /// <summary>What training makes small.</summary>
    public Loss? Loss { get; init; }

    /// <summary>How weights change.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>What is measured besides the loss.</summary>
    public ImmutableArray<Metric> Metrics { get; init; } = [];

    /// <summary>Parameters of the graph that are trained unlike the others.</summary>
    public ImmutableSortedDictionary<string, ParameterUpdate> Updates { get; init; } =
        ImmutableSortedDictionary<string, ParameterUpdate>.Empty;

    /// <summary>Samples per step.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Steps in all.</summary>
    public long? Steps { get; init; }

    /// <summary>Raw features are multiplied by this first; null leaves them.</summary>
    public float? InputScale { get; init; }
}
