namespace Neptune.Data;

/// <summary>Samples with targets, read by number. Implementations may be read by several threads at once.</summary>
public interface ISampleSource
{
    /// <summary>The number of samples.</summary>
    long Count { get; }

    /// <summary>The shape of one sample's features, without the batch: <c>[28, 28, 1]</c> for grey images.</summary>
    IReadOnlyList<long> FeatureShape { get; }

    /// <summary>Raw features are multiplied by this to be what a model sees: 1/255 for byte pixels.</summary>
    float Scale { get; }

    /// <summary>The names of the classes in order; empty where targets are no classes.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>The number of values in a target that is no class: the width of a regression; 0 for classes.</summary>
    int TargetWidth { get; }

    /// <summary>True where reading waits for nothing any more: there is nothing left to <see cref="Prefetch"/>.</summary>
    bool IsHere { get; }

    /// <summary>Begins to bring what reading these samples will need, and returns at once; whoever reads them waits.</summary>
    void Prefetch(ReadOnlySpan<long> samples);

    /// <summary>Writes the scaled features of the samples, one after the other, in C order.</summary>
    void ReadFeatures(ReadOnlySpan<long> samples, Span<float> features);

    /// <summary>Writes the samples' class numbers, 0 to classes - 1.</summary>
    void ReadClasses(ReadOnlySpan<long> samples, Span<long> classes);

    /// <summary>Writes the samples' target values, <see cref="TargetWidth"/> each.</summary>
    void ReadTargets(ReadOnlySpan<long> samples, Span<float> targets);
}
