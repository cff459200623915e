using System.Buffers.Binary;

namespace Neptune.Data;

/// <summary>Where things lie in a chunk: all features, then all targets.</summary>
internal readonly record struct ChunkLayout(int FeatureBytes, int TargetBytes)
{
    /// <summary>The size at which a chunk is closed.</summary>
    public const int TargetSizeBytes = 4 << 20;

    public static ChunkLayout Of(int featureCount, ElementType type, int targetWidth) =>
        new(
            checked(featureCount * (type == ElementType.UInt8 ? 1 : sizeof(float))),
            targetWidth == 0 ? sizeof(int) : checked(targetWidth * sizeof(float))
        );

    public static ChunkLayout Of(DatasetManifest manifest) =>
        Of(manifest.FeatureCount, manifest.ElementType, manifest.TargetWidth);

    public int SamplesPerChunk => Math.Max(1, TargetSizeBytes / (FeatureBytes + TargetBytes));

    public static void Check(DatasetManifest manifest, ChunkManifest chunk, ReadOnlySpan<byte> bytes)
    {
        var layout = Of(manifest);
        var expected = (long)chunk.Count * (layout.FeatureBytes + layout.TargetBytes);
        if (bytes.Length != expected)
        {
            throw new DatasetException(
                $"Chunk {chunk.Sha256} of data set '{manifest.Name}' has {bytes.Length} bytes, "
                    + $"its {chunk.Count} samples need {expected}. Import the data set again."
            );
        }
        if (manifest.TargetWidth > 0)
            return;
        var classes = bytes[(chunk.Count * layout.FeatureBytes)..];
        for (var i = 0; i < chunk.Count; i++)
        {
            var label = BinaryPrimitives.ReadInt32LittleEndian(classes[(i * sizeof(int))..]);
            if (label < 0 || label >= manifest.Labels.Count)
            {
                throw new DatasetException(
                    $"Sample {chunk.First + i} of data set '{manifest.Name}' has class {label}, "
                        + $"but there are {manifest.Labels.Count} classes. Import the data set again."
                );
            }
        }
    }
}
