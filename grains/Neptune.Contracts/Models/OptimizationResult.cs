namespace Neptune.Contracts;

/// <summary>A package whose graph was folded, and seen to answer as before.</summary>
[GenerateSerializer, Immutable, Alias("neptune.optimization-result")]
public sealed record OptimizationResult
{
    /// <summary>The artifact of the folded inference package.</summary>
    [Id(0)]
    public required string Package { get; init; }

    /// <summary>Batch normalizations that are now part of the weights before them.</summary>
    [Id(1)]
    public required int BatchNormalizations { get; init; }

    /// <summary>Operations whose outputs are now weights or constants.</summary>
    [Id(2)]
    public required int Constants { get; init; }

    /// <summary>Operations that gave what they read.</summary>
    [Id(3)]
    public required int Identities { get; init; }

    /// <summary>
    /// The largest difference between an element before and after; relative to the largest element where that is more than 1.
    /// </summary>
    [Id(4)]
    public required double LargestDifference { get; init; }

    /// <summary>How many random inputs were tried.</summary>
    [Id(5)]
    public required int Runs { get; init; }
}
