using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>A folded package that was seen to answer as the original.</summary>
public sealed record OptimizedPackage
{
    /// <summary>The package, and what was folded.</summary>
    public required FoldedPackage Folded { get; init; }

    /// <summary>The largest difference between the answers, as <see cref="TensorDifference.Largest"/> counts it.</summary>
    public required double LargestDifference { get; init; }

    /// <summary>How many random inputs were tried.</summary>
    public required int Runs { get; init; }
}
