namespace Neptune.Data;

/// <summary>Opens imported data sets.</summary>
public static class Dataset
{
    /// <summary>The most features that a sample may have: 64 Mi.</summary>
    public const int MaxFeatures = 1 << 26;

    /// <summary>The names of splits that Neptune knows; data sets may have others.</summary>
    public const string Train = "train";

    /// <summary>The split to choose models by.</summary>
    public const string Validation = "validation";

    /// <summary>The split to report results on.</summary>
    public const string Test = "test";

    /// <summary>A split of at most this size is checked whole before anything is read of it: 64 MiB.</summary>
    private const long CheckedAtOnceBytes = 64L << 20;

    /// <summary>
    /// Opens a split, as stored: bytes stay bytes, and are scaled when read. Its chunks are opened when they are needed,
    /// so a data set may be larger than memory; those of a small split are all opened, and checked, at once.
    /// </summary>
    /// <exception cref="DatasetException">There is no such split, or a chunk does not fit the manifest.</exception>
    /// <exception cref="InvalidDataException">A chunk is missing or altered.</exception>
    public static Task<ISampleSource> OpenAsync(
        DatasetManifest manifest,
        string split,
        IChunkStore store,
        CancellationToken cancellation
    ) => OpenAsync(manifest, split, store, CheckedAtOnceBytes, cancellation);

    internal static async Task<ISampleSource> OpenAsync(
        DatasetManifest manifest,
        string split,
        IChunkStore store,
        long checkedAtOnceBytes,
        CancellationToken cancellation
    )
    {
        ManifestCheck.Check(manifest);
        var part = manifest.Split(split);
        var chunks = new LazyChunks(manifest, part, store);
        var layout = ChunkLayout.Of(manifest);
        if (part.Count * (layout.FeatureBytes + layout.TargetBytes) <= checkedAtOnceBytes)
        {
            for (var i = 0; i < part.Chunks.Count; i++)
            {
                await chunks.BeginAsync(i).WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
        return new ChunkedSamples(manifest, part, chunks);
    }
}
