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

    // A new cut costs a pause: it must save several times as much.
    private const double LeastGain = 2; // seconds

    private readonly double[] _seconds = new double[Kept];
    private readonly double[] _sorted = new double[Kept];
    private int _count;
    private int _cuts; // in a row, by speed
    private long _wait; // steps of this generation in which no new cut is asked for
    private long _steps;

    /// <summary>The median seconds for one shard in the latest steps; 0 while unknown.</summary>
    public double SecondsPerShard { get; private set; }

    /// <summary>A generation begins. Cuts by speed one after the other come rarer and rarer.</summary>
    public void Enter(bool isCutBySpeed)
    {
        _cuts = isCutBySpeed ? _cuts + 1 : 0;
        _wait = (long)Kept << Math.Min(_cuts, 20);
        (_steps, _count, SecondsPerShard) = (0, 0, 0);
    }

    /// <summary>A step's computation took so long.</summary>
    public void Add(double seconds, int shards)
    {
        _steps++;
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

    /// <summary>True where this rank has so much more to do than it should that the shards should be cut anew.</summary>
    /// <param name="speed">The shards that all ranks compute in a second, together.</param>
    /// <param name="shards">S.</param>
    /// <param name="ranks">The ranks that compute.</param>
    /// <param name="own">The shards of this one.</param>
    /// <param name="stepsLeft">The steps that are still to be done.</param>
    public bool WantsNewCut(double speed, int shards, int ranks, int own, long stepsLeft)
    {
        if (ranks < 2 || _steps < _wait || !(speed > 0))
        {
            return false;
        }
        var takes = own * SecondsPerShard;
        // Shards are whole: the best cut is up to one shard above the even one.
        var best = (shards + ranks) / speed;
        return takes > Imbalance * best && (takes - best) * stepsLeft > LeastGain;
    }
}
