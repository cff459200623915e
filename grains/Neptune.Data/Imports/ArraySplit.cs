namespace Neptune.Data;

/// <summary>The samples of a split.</summary>
/// <param name="Name">Usually <see cref="Dataset.Train"/>.</param>
/// <param name="Features">All samples' features, one after the other, in C order; finite numbers.</param>
public sealed record ArraySplit(string Name, ReadOnlyMemory<float> Features)
{
    /// <summary>Each sample's class, from 0; where the data set has classes.</summary>
    public ReadOnlyMemory<long> Classes { get; init; }

    /// <summary>Each sample's target values; where <see cref="ArrayDataset.TargetWidth"/> is not 0.</summary>
    public ReadOnlyMemory<float> Targets { get; init; }
}
