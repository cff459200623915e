using System.Collections.Immutable;
using System.Diagnostics;
using Neptune.Contracts;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>What a rank has reached, written by its device's thread and read by any.</summary>
internal sealed class RankProgress(JobId job, NodeId node)
{
    private readonly Lock _gate = new();
    private readonly List<EpochReport> _epochs = [];
    private ShardReport _fixed = new()
    {
        Job = job,
        Generation = 0, // until it is a member of one
        FirstRank = 0,
        RankCount = 1,
    };

    private long _step;
    private long _samples;
    private double _lossSum;
    private long _count;
    private long _correct;
    private double[] _metricSums = [];
    private MetricSet? _metrics; // known once graph and data are loaded
    private bool _hasAccuracy;
    private long _enteredAt; // Stopwatch ticks
    private long _committedAt; // Stopwatch ticks of the last step's end; 0 before the first
    private bool _pauses; // until the first step of a generation that is not this rank's first

    /// <summary>The progress as a report of one rank.</summary>
    public ShardReport Report
    {
        get
        {
            lock (_gate)
            {
                return _fixed with
                {
                    Step = _step,
                    Samples = _samples,
                    Seconds = _samples > 0 ? Stopwatch.GetElapsedTime(_enteredAt, _committedAt).TotalSeconds : 0,
                    Loss = _count > 0 ? _lossSum / _count : double.NaN,
                    Accuracy = _hasAccuracy && _count > 0 ? (double)_correct / _count : null,
                    Metrics = _count > 0 ? Measured : [],
                    Epochs = [.. _epochs],
                };
            }
        }
    }

    /// <summary>True once the rank has ended, well or not.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _fixed.Ended > 0;
            }
        }
    }

    /// <summary>Graph and data are loaded.</summary>
    public void Begin(
        long step,
        long totalSteps,
        IEnumerable<EpochReport> epochs,
        bool hasAccuracy,
        MetricSet metrics,
        string dataset
    )
    {
        lock (_gate)
        {
            _step = step;
            _hasAccuracy = hasAccuracy;
            (_metrics, _metricSums) = (metrics, new double[metrics.Length]);
            _epochs.AddRange(epochs);
            _fixed = _fixed with { Ready = 1, TotalSteps = totalSteps, DatasetSha256 = dataset };
        }
    }

    /// <summary>It is a member of a generation from now on.</summary>
    public void Enter(Generation generation, int rank)
    {
        lock (_gate)
        {
            _samples = 0; // counted by generation: who comes later has no others
            _pauses = _committedAt > 0;
            _fixed = _fixed with { Generation = generation.Number, FirstRank = rank, PauseSeconds = null, From = null };
        }
    }

    /// <summary>The generation's first step begins.</summary>
    public void Start(TrainingVersion from)
    {
        lock (_gate)
        {
            _fixed = _fixed with { From = from };
            _enteredAt = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Goes on where another rank is.</summary>
    public void Restore(long step, IEnumerable<EpochReport> epochs, EpochSums sums)
    {
        lock (_gate)
        {
            _step = step;
            _epochs.Clear();
            _epochs.AddRange(epochs);
            (_lossSum, _count, _correct) = (sums.Loss, sums.Count, sums.Correct);
            Array.Clear(_metricSums);
            sums.Metrics.CopyTo(_metricSums);
        }
    }

    /// <summary>The sums of the epoch under way.</summary>
    public EpochSums Sums
    {
        get
        {
            lock (_gate)
            {
                return new(_lossSum, _count, _correct) { Metrics = [.. _metricSums] };
            }
        }
    }

    /// <summary>A step is committed.</summary>
    public void Advance(long step, long samplesHere, ApplyOutcome outcome, ReadOnlySpan<float> metricSums)
    {
        lock (_gate)
        {
            _step = step;
            _samples += samplesHere;
            _lossSum += outcome.LossSum;
            _count += outcome.Count;
            _correct += outcome.Correct;
            for (var m = 0; m < metricSums.Length; m++)
            {
                _metricSums[m] += metricSums[m];
            }
            var now = Stopwatch.GetTimestamp();
            if (_pauses)
            {
                _pauses = false;
                _fixed = _fixed with { PauseSeconds = Stopwatch.GetElapsedTime(_committedAt, now).TotalSeconds };
            }
            _committedAt = now;
        }
    }

    /// <summary>An epoch has ended.</summary>
    public void EndEpoch(EpochReport epoch)
    {
        lock (_gate)
        {
            _epochs.Add(epoch);
            (_lossSum, _count, _correct) = (0, 0, 0);
            Array.Clear(_metricSums);
        }
    }

    /// <summary>The mean loss of the epoch so far, its accuracy and its metrics.</summary>
    public (double Loss, double? Accuracy, ImmutableArray<MetricValue> Metrics) Epoch
    {
        get
        {
            lock (_gate)
            {
                return _count == 0
                    ? (double.NaN, null, Measured)
                    : (_lossSum / _count, _hasAccuracy ? (double)_correct / _count : null, Measured);
            }
        }
    }

    private ImmutableArray<MetricValue> Measured => _metrics?.ValuesOf(_metricSums).ToReport() ?? [];

    /// <summary>A package is in the store.</summary>
    public void Keep(PackageRef package)
    {
        lock (_gate)
        {
            _fixed = _fixed with { Package = package };
        }
    }

    /// <summary>The rank has ended well, or stopped because it was asked to.</summary>
    public void End(string weightsSha256, bool stopped)
    {
        lock (_gate)
        {
            _fixed = _fixed with { Ended = 1, Stopped = stopped, WeightsSha256 = [weightsSha256] };
        }
    }

    /// <summary>The rank has ended by an error.</summary>
    public void Fail(string message, bool isConsequence)
    {
        lock (_gate)
        {
            var failure = new RankFailure(_fixed.FirstRank, node, message, isConsequence);
            _fixed = _fixed with { Ended = 1, Failures = [failure] };
        }
    }
}
