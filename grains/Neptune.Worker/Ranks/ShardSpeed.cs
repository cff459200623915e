namespace Neptune.Worker;

/// <summary>
/// How fast a rank computes, measured in its steps, and whether the shards should be cut anew. For the device's thread.
/// </summary>
internal sealed class ShardSpeed
{
    private const int Kept = 16; // steps
    private const int Least = 8; // before a speed is known

    // Above this ratio of a step's computation to the best possible one, a new cut is worth it.
    private const double Imbalance = 1.15;

    // Other programs on a machine slow it down now and then: that is not worth a new cut.
    private const double Patience = 0.5; // seconds, doubled by every cut that did not help

    // A new cut costs a pause: it must save several times as much.
    private const double LeastGain = 2; // seconds

    private readonly double[] _seconds = new double[Kept];
    private readonly double[] _sorted = new double[Kept];
    private int _count;
    private int _cuts; // in a row, by speed
    private double _elapsed; // seconds of this generation's steps
    private double? _tooSlowSince;

    /// <summary>The median seconds for one shard in the latest steps; 0 while unknown.</summary>
    public double SecondsPerShard { get; private set; }

    /// <summary>A generation begins. Cuts by speed one after the other come rarer and rarer.</summary>
    public void Enter(bool isCutBySpeed)
    {
        _cuts = isCutBySpeed ? _cuts + 1 : 0;
        (_count, SecondsPerShard, _elapsed, _tooSlowSince) = (0, 0, 0, null);
    }

    /// <summary>A step is done.</summary>
    /// <param name="seconds">That this rank's computation took.</param>
    /// <param name="shards">That it computed.</param>
    /// <param name="step">The seconds of the whole step.</param>
    public void Add(double seconds, int shards, double step)
    {
        _elapsed += step;
        if (shards == 0)
        {
            return;
        }
        _seconds[_count++ % Kept] = seconds / shards;
        if (_count >= Least)
        {
            var known = Math.Min(_count, Kept);
            _seconds.AsSpan(0, known).CopyTo(_sorted);
            Array.Sort(_sorted, 0, known);
            SecondsPerShard = _sorted[known / 2];
        }
    }

    /// <summary>
    /// True where this rank has had so much more to do than it should, for so long, that the shards should be cut anew. To
    /// be asked in each step.
    /// </summary>
    /// <param name="speed">The shards that all ranks compute in a second, together.</param>
    /// <param name="shards">S.</param>
    /// <param name="ranks">The ranks that compute.</param>
    /// <param name="own">The shards of this one.</param>
    /// <param name="stepsLeft">The steps that are still to be done.</param>
    public bool WantsNewCut(double speed, int shards, int ranks, int own, long stepsLeft)
    {
        if (ranks < 2 || !(speed > 0) || !IsTooSlow(speed, shards, ranks, own, stepsLeft))
        {
            _tooSlowSince = null;
            return false;
        }
        _tooSlowSince ??= _elapsed;
        return _elapsed - _tooSlowSince >= Patience * (1L << Math.Min(_cuts, 10));
    }

    private bool IsTooSlow(double speed, int shards, int ranks, int own, long stepsLeft)
    {
        var takes = own * SecondsPerShard;
        // Shards are whole: the best cut is up to one shard above the even one.
        var best = (shards + ranks) / speed;
        return takes > Imbalance * best && (takes - best) * stepsLeft > LeastGain;
    }
}
