using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Neptune.Data;

/// <summary>Cuts a stream of samples into chunks; holds one chunk of each split, however many samples come.</summary>
internal sealed class DatasetWriter(
    IChunkStore store,
    IReadOnlyList<long> featureShape,
    ElementType elementType,
    IReadOnlyList<string> labels,
    int targetWidth
)
{
    private readonly ChunkLayout _layout = ChunkLayout.Of(
        ManifestCheck.FeatureCount(featureShape),
        elementType,
        targetWidth
    );
    private readonly SortedDictionary<string, Part> _parts = new(StringComparer.Ordinal);

    /// <summary>Adds a sample with a class.</summary>
    public ValueTask AddAsync(string split, ReadOnlySpan<byte> features, int label, CancellationToken cancellation)
    {
        var part = PartOf(split);
        features.CopyTo(part.NextFeatures());
        BinaryPrimitives.WriteInt32LittleEndian(part.NextTarget(), label);
        part.ClassCounts[label]++;
        return AdvanceAsync(part, cancellation);
    }

    /// <summary>Adds a sample with target values.</summary>
    public ValueTask AddAsync(
        string split,
        ReadOnlySpan<byte> features,
        ReadOnlySpan<float> targets,
        CancellationToken cancellation
    )
    {
        var part = PartOf(split);
        features.CopyTo(part.NextFeatures());
        LittleEndian.Write(targets, part.NextTarget());
        return AdvanceAsync(part, cancellation);
    }

    /// <summary>Stores the last chunks and describes the whole.</summary>
    public async Task<DatasetManifest> FinishAsync(
        string name,
        float scale,
        Provenance provenance,
        CancellationToken cancellation
    )
    {
        foreach (var part in _parts.Values)
            await FlushAsync(part, cancellation).ConfigureAwait(false);
        var manifest = new DatasetManifest
        {
            Name = name,
            FeatureShape = featureShape,
            ElementType = elementType,
            Scale = scale,
            Labels = labels,
            TargetWidth = targetWidth,
            Splits =
            [
                .. _parts.Select(p => new SplitManifest(p.Key, p.Value.Count, p.Value.ClassCounts, p.Value.Chunks)),
            ],
            Provenance = provenance,
        };
        ManifestCheck.Check(manifest);
        return manifest;
    }

    private Part PartOf(string split)
    {
        if (!_parts.TryGetValue(split, out var part))
            _parts.Add(split, part = new Part(_layout, labels.Count));
        return part;
    }

    private ValueTask AdvanceAsync(Part part, CancellationToken cancellation)
    {
        part.Filled++;
        part.Count++;
        return part.Filled < _layout.SamplesPerChunk ? ValueTask.CompletedTask : new(FlushAsync(part, cancellation));
    }

    private async Task FlushAsync(Part part, CancellationToken cancellation)
    {
        if (part.Filled == 0)
            return;
        // Targets follow the features at once: a chunk that is not full has no gap.
        var features = part.Filled * _layout.FeatureBytes;
        var targets = part.Filled * _layout.TargetBytes;
        part.Targets.AsSpan(0, targets).CopyTo(part.Bytes.AsSpan(features));
        var bytes = part.Bytes.AsMemory(0, features + targets);
        var sha256 = await store.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        if (sha256 != Convert.ToHexStringLower(SHA256.HashData(bytes.Span)))
            throw new InvalidDataException($"The chunk store named a chunk {sha256}, which is not its SHA-256.");
        part.Chunks.Add(new ChunkManifest(sha256, part.Count - part.Filled, part.Filled));
        part.Filled = 0;
    }

    private sealed class Part(ChunkLayout layout, int classes)
    {
        public byte[] Bytes { get; } =
            new byte[checked(layout.SamplesPerChunk * (layout.FeatureBytes + layout.TargetBytes))];

        public byte[] Targets { get; } = new byte[layout.SamplesPerChunk * layout.TargetBytes];

        public long[] ClassCounts { get; } = new long[classes];

        public List<ChunkManifest> Chunks { get; } = [];

        public int Filled { get; set; }

        public long Count { get; set; }

        public Span<byte> NextFeatures() => Bytes.AsSpan(Filled * layout.FeatureBytes, layout.FeatureBytes);

        public Span<byte> NextTarget() => Targets.AsSpan(Filled * layout.TargetBytes, layout.TargetBytes);
    }
}
