namespace Neptune.Contracts;

/// <summary>What to evaluate on which samples.</summary>
[GenerateSerializer, Immutable, Alias("neptune.evaluation-request")]
public sealed record EvaluationRequest
{
    /// <summary>The artifact of the training package.</summary>
    [Id(0)]
    public required string Package { get; init; }

    /// <summary>The samples.</summary>
    [Id(1)]
    public required DatasetRef Dataset { get; init; }

    /// <summary>Samples per forward pass.</summary>
    [Id(2)]
    public int BatchSize { get; init; } = 16;

    /// <summary>A class whose samples count for nothing; null counts all.</summary>
    [Id(3)]
    public long? IgnoreIndex { get; init; }
}
