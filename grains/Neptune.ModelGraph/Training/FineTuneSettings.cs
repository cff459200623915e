using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>How a model with weights is trained on.</summary>
public sealed record FineTuneSettings
{
    /// <summary>How weights change.</summary>
    public Optimizer Optimizer { get; init; } = new Optimizer.Adam();

    /// <summary>What training makes small; null takes what fits data and output.</summary>
    public Loss? Loss { get; init; }

    /// <summary>What is measured besides the loss; null measures the accuracy where the loss has classes.</summary>
    public ImmutableArray<Metric>? Metrics { get; init; }

    /// <summary>Parameters by name that are trained unlike the others; names that the graph does not have are left out.</summary>
    public ImmutableSortedDictionary<string, ParameterUpdate> Updates { get; init; } =
        ImmutableSortedDictionary<string, ParameterUpdate>.Empty;

    /// <summary>Features are multiplied by this before the graph, besides the data's own scale.</summary>
    public float InputFactor { get; init; } = 1;

    /// <summary>True where the data has classes; false where it has target values.</summary>
    public bool HasClasses { get; init; } = true;

    /// <summary>
    /// Names of parameters that stay as they are, with * for any characters: <c>conv*</c>. Running statistics of batch
    /// normalizations are no parameters in this sense, and run on.
    /// </summary>
    public ImmutableArray<string> Freeze { get; init; } = [];

    /// <summary>The number of classes of a new last layer, drawn anew; null keeps the one there is.</summary>
    public int? ResetHead { get; init; }

    /// <summary>What a new last layer is drawn from.</summary>
    public ulong Seed { get; init; }
}
