namespace Neptune.Data;

/// <summary>A named part of a data set, such as <c>train</c>.</summary>
/// <param name="Name">Usually <c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Count">The number of samples.</param>
/// <param name="ClassCounts">The number of samples of each class; empty where targets are no classes.</param>
/// <param name="Chunks">Where the samples lie, in order. All chunks but the last hold the same number.</param>
public sealed record SplitManifest(
    string Name,
    long Count,
    IReadOnlyList<long> ClassCounts,
    IReadOnlyList<ChunkManifest> Chunks
);
