namespace Neptune.Worker;

/// <summary>
/// How long a rank may be waited for, learnt from the job's own steps: many times the median step, and never so little
/// that a busy machine's scheduler is taken for a failure.
/// </summary>
internal sealed class ProgressDeadline
{
    /// <summary>While too little is known, and for what is no step.</summary>
    public static readonly TimeSpan Unlearnt = TimeSpan.FromSeconds(30);

    private const int Kept = 32;
    private const int Relearn = 8; // steps
    private const double MedianSteps = 16;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly double[] _seconds = new double[Kept];
    private readonly double[] _sorted = new double[Kept];
    private long _count;

    /// <summary>The median step in seconds; 0 while unknown.</summary>
    public double Median { get; private set; }

    /// <summary>The limit.</summary>
    public TimeSpan Limit { get; private set; } = Unlearnt;

    /// <summary>How long the others may take to say how far they got, once a generation has ended: one of them may be in a step.</summary>
    public TimeSpan Patience => Limit;

    /// <summary>
    /// The limit for work that takes each rank as long as some steps, such as a pass over the validation samples.
    /// </summary>
    /// <param name="steps">How many.</param>
    public TimeSpan LimitOf(long steps)
    {
        if (Median == 0)
        {
            return Unlearnt;
        }
        var limit = TimeSpan.FromSeconds(Median * MedianSteps * steps);
        return limit < Least ? Least : limit;
    }

    /// <summary>A step took so long.</summary>
    /// <returns>True where the limit may have changed.</returns>
    public bool Add(double seconds)
    {
        _seconds[_count++ % Kept] = seconds;
        if (_count % Relearn != 0)
        {
            return false;
        }
        var known = (int)Math.Min(_count, Kept);
        _seconds.AsSpan(0, known).CopyTo(_sorted);
        Array.Sort(_sorted, 0, known);
        Median = _sorted[known / 2];
        Limit = LimitOf(1);
        return true;
    }
}
