namespace Neptune.ModelGraph;

/// <summary>A package of which <see cref="GraphFolding"/> has taken out what does not change from run to run.</summary>
public sealed record FoldedPackage
{
    /// <summary>The package: the inputs and outputs are the original's.</summary>
    public required InferencePackage Package { get; init; }

    /// <summary>Batch normalizations that are now part of the weights before them.</summary>
    public required int BatchNormalizations { get; init; }

    /// <summary>Operations whose outputs are now weights or constants.</summary>
    public required int Constants { get; init; }

    /// <summary>Operations that gave what they read: Identity and Dropout.</summary>
    public required int Identities { get; init; }
}
