namespace Neptune.Simulator;

/// <summary>How long a rank may be waited for, as grains/Neptune.Worker/Ranks/ProgressDeadline.cs learns it.</summary>
internal sealed class ProgressDeadline
{
    private const int Kept = 32;
    private const int Relearn = 8;
    private const int MedianSteps = 16;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly Queue<TimeSpan> _steps = new();
    private long _count;

    /// <summary>While too little is known, and for what is no step.</summary>
    public static readonly TimeSpan Unlearnt = TimeSpan.FromSeconds(30);

    /// <summary>True once steps were measured.</summary>
    public bool IsLearnt { get; private set; }

    /// <summary>The limit.</summary>
    public TimeSpan Limit { get; private set; } = Unlearnt;

    /// <summary>A step took so long.</summary>
    public void Add(TimeSpan step)
    {
        _steps.Enqueue(step);
        if (_steps.Count > Kept)
        {
            _steps.Dequeue();
        }
        if (++_count % Relearn == 0)
        {
            IsLearnt = true;
            var limit = _steps.Order().ElementAt(_steps.Count / 2) * MedianSteps;
            Limit = limit < Least ? Least : limit;
        }
    }
}
