namespace Neptune.Data;

/// <summary>Some samples of another source, in a given order; nothing is copied.</summary>
public sealed class Subset : ISampleSource
{
    private const int BlockLength = 256;
    private readonly ISampleSource _source;
    private readonly long[] _samples;

    /// <summary>Takes the source and the numbers of the samples; a number may occur more than once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The source has no sample of a number.</exception>
    public Subset(ISampleSource source, ReadOnlySpan<long> samples)
    {
        foreach (var sample in samples)
            SampleCheck.Number(sample, source.Count);
        _source = source;
        _samples = samples.ToArray();
    }

    /// <inheritdoc/>
    public long Count => _samples.Length;

    /// <inheritdoc/>
    public IReadOnlyList<long> FeatureShape => _source.FeatureShape;

    /// <inheritdoc/>
    public float Scale => _source.Scale;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _source.Labels;

    /// <inheritdoc/>
    public int TargetWidth => _source.TargetWidth;

    /// <inheritdoc/>
    public bool IsHere => _source.IsHere;

    /// <inheritdoc/>
    public void Prefetch(ReadOnlySpan<long> samples)
    {
        Span<long> numbers = stackalloc long[BlockLength];
        for (var i = 0; i < samples.Length; i += BlockLength)
        {
            _source.Prefetch(Translate(samples, i, numbers));
        }
    }

    /// <inheritdoc/>
    public void ReadFeatures(ReadOnlySpan<long> samples, Span<float> features)
    {
        var each = ManifestCheck.FeatureCount(FeatureShape);
        SampleCheck.Length(samples, features.Length, each, nameof(features));
        Span<long> numbers = stackalloc long[BlockLength];
        for (var i = 0; i < samples.Length; i += BlockLength)
        {
            var block = Translate(samples, i, numbers);
            _source.ReadFeatures(block, features.Slice(i * each, block.Length * each));
        }
    }

    /// <inheritdoc/>
    public void ReadClasses(ReadOnlySpan<long> samples, Span<long> classes)
    {
        SampleCheck.Length(samples, classes.Length, 1, nameof(classes));
        Span<long> numbers = stackalloc long[BlockLength];
        for (var i = 0; i < samples.Length; i += BlockLength)
        {
            var block = Translate(samples, i, numbers);
            _source.ReadClasses(block, classes.Slice(i, block.Length));
        }
    }

    /// <inheritdoc/>
    public void ReadTargets(ReadOnlySpan<long> samples, Span<float> targets)
    {
        SampleCheck.HasTargets(this);
        SampleCheck.Length(samples, targets.Length, TargetWidth, nameof(targets));
        Span<long> numbers = stackalloc long[BlockLength];
        for (var i = 0; i < samples.Length; i += BlockLength)
        {
            var block = Translate(samples, i, numbers);
            _source.ReadTargets(block, targets.Slice(i * TargetWidth, block.Length * TargetWidth));
        }
    }

    private ReadOnlySpan<long> Translate(ReadOnlySpan<long> samples, int start, Span<long> numbers)
    {
        var count = Math.Min(BlockLength, samples.Length - start);
        for (var i = 0; i < count; i++)
        {
            SampleCheck.Number(samples[start + i], Count);
            numbers[i] = _samples[samples[start + i]];
        }
        return numbers[..count];
    }
}
