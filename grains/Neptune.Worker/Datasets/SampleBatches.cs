using Neptune.Data;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>Reads samples into arrays that are kept, in the form a device takes. For one thread at a time.</summary>
internal sealed class SampleBatches
{
    private readonly ISampleSource _source;
    private readonly int _width;
    private readonly float[] _features;
    private readonly long[] _classes;
    private readonly float[] _targets;
    private readonly long _classCount;

    /// <summary>Arrays for at most <paramref name="most"/> samples.</summary>
    /// <param name="source">The samples.</param>
    /// <param name="most">The most samples in one batch.</param>
    /// <param name="classCount">Classes are turned into one-hot targets of this width where it is above 0.</param>
    public SampleBatches(ISampleSource source, int most, int classCount = 0)
    {
        _source = source;
        _width = (int)source.FeatureShape.Aggregate(1L, (a, b) => checked(a * b));
        _features = new float[checked(most * _width)];
        _classes = new long[source.TargetWidth == 0 ? most : 0];
        _targets = new float[checked(most * Math.Max(source.TargetWidth, classCount))];
        _classCount = classCount;
    }

    /// <summary>True where there is nothing left to <see cref="Prefetch"/>.</summary>
    public bool AreHere => _source.IsHere;

    /// <summary>Begins to bring samples that will be read soon.</summary>
    public void Prefetch(ReadOnlySpan<long> samples) => _source.Prefetch(samples);

    /// <summary>The samples of these numbers; valid until the next call.</summary>
    public ShardBatch Read(ReadOnlySpan<long> samples)
    {
        var rows = samples.Length;
        _source.ReadFeatures(samples, _features.AsSpan(0, rows * _width));
        var batch = new ShardBatch(rows, _features.AsMemory(0, rows * _width))
        {
            FirstSample = rows > 0 ? samples[0] : 0,
        };
        if (_source.TargetWidth > 0)
        {
            var values = rows * _source.TargetWidth;
            _source.ReadTargets(samples, _targets.AsSpan(0, values));
            return batch with { Targets = _targets.AsMemory(0, values) };
        }
        _source.ReadClasses(samples, _classes.AsSpan(0, rows));
        if (_classCount == 0)
        {
            return batch with { Classes = _classes.AsMemory(0, rows) };
        }
        var oneHot = _targets.AsSpan(0, (int)(rows * _classCount));
        oneHot.Clear();
        for (var row = 0; row < rows; row++)
        {
            oneHot[(int)((row * _classCount) + _classes[row])] = 1;
        }
        return batch with { Targets = _targets.AsMemory(0, oneHot.Length), Classes = _classes.AsMemory(0, rows) };
    }
}
