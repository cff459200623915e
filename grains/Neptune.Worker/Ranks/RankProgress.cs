using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>What a rank has reached, written by its device's thread and read by any.</summary>
internal sealed class RankProgress(RankAssignment assignment)
{
    private readonly Lock _gate = new();
    private readonly List<EpochReport> _epochs = [];
    private ShardReport _fixed = new()
    {
        Job = assignment.Generation.Job,
        Generation = assignment.Generation.Number,
        FirstRank = assignment.Rank,
        RankCount = 1,
    };

    private long _step;
    private long _samples;
    private double _lossSum;
    private long _count;
    private long _correct;
    private bool _hasAccuracy;

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
                    Loss = _count > 0 ? _lossSum / _count : double.NaN,
                    Accuracy = _hasAccuracy && _count > 0 ? (double)_correct / _count : null,
                    Epochs = [.. _epochs],
                };
            }
        }
    }

    /// <summary>Graph and data are loaded.</summary>
    public void Begin(long step, long totalSteps, IEnumerable<EpochReport> epochs, bool hasAccuracy)
    {
        lock (_gate)
        {
            _step = step;
            _hasAccuracy = hasAccuracy;
            _epochs.AddRange(epochs);
            _fixed = _fixed with { Ready = 1, TotalSteps = totalSteps, DatasetSha256 = assignment.Dataset.Sha256 };
        }
    }

    /// <summary>A step is committed.</summary>
    public void Advance(long step, long samplesHere, double lossSum, long count, long correct)
    {
        lock (_gate)
        {
            _step = step;
            _samples += samplesHere;
            _lossSum += lossSum;
            _count += count;
            _correct += correct;
        }
    }

    /// <summary>An epoch has ended.</summary>
    public void EndEpoch(EpochReport epoch)
    {
        lock (_gate)
        {
            _epochs.Add(epoch);
            (_lossSum, _count, _correct) = (0, 0, 0);
        }
    }

    /// <summary>The mean loss of the epoch so far, and its accuracy.</summary>
    public (double Loss, double? Accuracy) Epoch
    {
        get
        {
            lock (_gate)
            {
                return _count == 0
                    ? (double.NaN, null)
                    : (_lossSum / _count, _hasAccuracy ? (double)_correct / _count : null);
            }
        }
    }

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
            var failure = new RankFailure(assignment.Rank, assignment.Placement.Node, message, isConsequence);
            _fixed = _fixed with { Ended = 1, Failures = [failure] };
        }
    }
}
