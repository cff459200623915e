using System.Buffers.Binary;

namespace Neptune.Data;

/// <summary>A split in memory, as stored. Nothing in it changes, so any number of threads may read.</summary>
internal sealed class ChunkedSamples : ISampleSource
{
    private readonly DatasetManifest _manifest;
    private readonly byte[][] _chunks;
    private readonly ChunkLayout _layout;
    private readonly int _featureCount;
    private readonly int _samplesPerChunk;
    private readonly float[] _scaledBytes;

    public ChunkedSamples(DatasetManifest manifest, SplitManifest split, byte[][] chunks)
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

    public void ReadFeatures(ReadOnlySpan<long> samples, Span<float> features)
    {
        SampleCheck.Length(samples, features.Length, _featureCount, nameof(features));
        for (var i = 0; i < samples.Length; i++)
        {
            var (chunk, _, index) = Find(samples[i]);
            var stored = chunk.AsSpan(index * _layout.FeatureBytes, _layout.FeatureBytes);
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
        return chunk.AsSpan((count * _layout.FeatureBytes) + (index * _layout.TargetBytes), _layout.TargetBytes);
    }

    private (byte[] Chunk, int Count, int Index) Find(long sample)
    {
        SampleCheck.Number(sample, Count);
        var (number, index) = Math.DivRem(sample, _samplesPerChunk);
        var chunk = _chunks[number];
        return (chunk, (int)Math.Min(_samplesPerChunk, Count - (number * _samplesPerChunk)), (int)index);
    }
}
