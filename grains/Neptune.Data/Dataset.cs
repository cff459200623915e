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

    /// <summary>Loads a split into memory, as stored: bytes stay bytes, and are scaled when read.</summary>
    /// <exception cref="DatasetException">There is no such split, or a chunk does not fit the manifest.</exception>
    /// <exception cref="InvalidDataException">A chunk is missing or altered.</exception>
    public static async Task<ISampleSource> OpenAsync(
        DatasetManifest manifest,
        string split,
        IChunkStore store,
        CancellationToken cancellation
    )
    {
        ManifestCheck.Check(manifest);
        var part = manifest.Split(split);
        var chunks = new byte[part.Chunks.Count][];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = await store.ReadAsync(part.Chunks[i].Sha256, cancellation).ConfigureAwait(false);
            ChunkLayout.Check(manifest, part.Chunks[i], chunks[i]);
        }
        return new ChunkedSamples(manifest, part, chunks);
    }
}
