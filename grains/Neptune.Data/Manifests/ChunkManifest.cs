namespace Neptune.Data;

/// <summary>
/// Consecutive samples of a split. The chunk's bytes are all their features in C order, then all their targets: an int32
/// class each, or <see cref="DatasetManifest.TargetWidth"/> float32 values; little-endian.
/// </summary>
/// <param name="Sha256">The chunk's name in the <see cref="IChunkStore"/>, lower-case hex.</param>
/// <param name="First">The first sample's number in the split.</param>
/// <param name="Count">The number of samples.</param>
public sealed record ChunkManifest(string Sha256, long First, int Count);
