using System.Buffers.Binary;

namespace Neptune.Data;

/// <summary>A split as stored, in chunks. Nothing in it changes, so any number of threads may read.</summary>
internal sealed class ChunkedSamples : ISampleSource
{
    private readonly DatasetManifest _manifest;
    private readonly LazyChunks _chunks;
    private readonly ChunkLayout _layout;
    private readonly int _featureCount;
    private readonly int _samplesPerChunk;
    private readonly float[] _scaledBytes;

    public ChunkedSamples(DatasetManifest manifest, SplitManifest split, LazyChunks chunks)
    {
        _manifest = manifest;
        _chunks = chunks;
        _layout = ChunkLayout.Of(manifest);
        _featureCount = manifest.FeatureCount;
        _samplesPerChunk = split.Chunks.Count == 0 ? 1 : split.Chunks[0].Count;
        _scaledBytes = [.. Enumerable.Range(0, 256).Select(value => value * manifest.Scale)];
        Count = split.Count;
    }

    public long Count { get; }

    public IReadOnlyList<long> FeatureShape => _manifest.FeatureShape;

    public float Scale => _manifest.Scale;

    public IReadOnlyList<string> Labels => _manifest.Labels;

    public int TargetWidth => _manifest.TargetWidth;

    public bool IsHere => _chunks.AllOpen;

    public void Prefetch(ReadOnlySpan<long> samples)
    {
        foreach (var sample in samples)
        {
            SampleCheck.Number(sample, Count);
            _ = _chunks.BeginAsync(sample / _samplesPerChunk);
        }
    }

    public void ReadFeatures(ReadOnlySpan<long> samples, Span<float> features)
    {
        SampleCheck.Length(samples, features.Length, _featureCount, nameof(features));
        for (var i = 0; i < samples.Length; i++)
        {
            var (chunk, _, index) = Find(samples[i]);
            var stored = chunk.Slice(index * _layout.FeatureBytes, _layout.FeatureBytes);
            var scaled = features.Slice(i * _featureCount, _featureCount);
            if (_manifest.ElementType == ElementType.UInt8)
            {
                for (var j = 0; j < scaled.Length; j++)
                    scaled[j] = _scaledBytes[stored[j]];
            }
            else
            {
                for (var j = 0; j < scaled.Length; j++)
                    scaled[j] = BinaryPrimitives.ReadSingleLittleEndian(stored[(j * sizeof(float))..]) * Scale;
            }
        }
    }

    public void ReadClasses(ReadOnlySpan<long> samples, Span<long> classes)
    {
        SampleCheck.HasClasses(this);
        SampleCheck.Length(samples, classes.Length, 1, nameof(classes));
        for (var i = 0; i < samples.Length; i++)
            classes[i] = BinaryPrimitives.ReadInt32LittleEndian(TargetOf(samples[i]));
    }

    public void ReadTargets(ReadOnlySpan<long> samples, Span<float> targets)
    {
        SampleCheck.HasTargets(this);
        SampleCheck.Length(samples, targets.Length, TargetWidth, nameof(targets));
        for (var i = 0; i < samples.Length; i++)
        {
            var target = TargetOf(samples[i]);
            for (var j = 0; j < TargetWidth; j++)
            {
                targets[(i * TargetWidth) + j] = BinaryPrimitives.ReadSingleLittleEndian(target[(j * sizeof(float))..]);
            }
        }
    }

    private ReadOnlySpan<byte> TargetOf(long sample)
    {
        var (chunk, count, index) = Find(sample);
        return chunk.Slice((count * _layout.FeatureBytes) + (index * _layout.TargetBytes), _layout.TargetBytes);
    }

    private Place Find(long sample)
    {
        SampleCheck.Number(sample, Count);
        var (number, index) = Math.DivRem(sample, _samplesPerChunk);
        return new()
        {
            Chunk = _chunks[number].Bytes,
            Count = (int)Math.Min(_samplesPerChunk, Count - (number * _samplesPerChunk)),
            Index = (int)index,
        };
    }

    private readonly ref struct Place
    {
        public required ReadOnlySpan<byte> Chunk { get; init; }

        public required int Count { get; init; }

        public required int Index { get; init; }

        public void Deconstruct(out ReadOnlySpan<byte> chunk, out int count, out int index)
        {
            chunk = Chunk;
            count = Count;
            index = Index;
        }
    }
}
