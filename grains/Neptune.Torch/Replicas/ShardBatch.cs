namespace Neptune.Torch;

/// <summary>A shard's samples as plain arrays, one after the other in C order.</summary>
/// <param name="Rows">The number of samples; 0 for an empty shard.</param>
/// <param name="Features">The graph's input: rows times the elements of a sample.</param>
public readonly record struct ShardBatch(int Rows, ReadOnlyMemory<float> Features)
{
    /// <summary>Class numbers 0..K-1, for losses of class numbers.</summary>
    public ReadOnlyMemory<long> Classes { get; init; }

    /// <summary>Target values, for losses of distributions or numbers.</summary>
    public ReadOnlyMemory<float> Targets { get; init; }

    /// <summary>The number of the first sample, for errors.</summary>
    public long FirstSample { get; init; }
}
