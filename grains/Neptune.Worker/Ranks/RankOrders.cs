using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>
/// What a rank is asked for while it trains, and what it hears from the others with each step's sums. Orders are given by any
/// thread, and read by the device's at each step.
/// </summary>
internal sealed class RankOrders
{
    private volatile bool _stop;
    private volatile bool _yield;
    private volatile bool _isReady;
    private volatile int _stage;
    private volatile Task<Heard>[] _heard = [];
    private TaskCompletionSource<Heard>[] _hearing = [];

    /// <summary>Where a rank was when it heard of a stage.</summary>
    /// <param name="Version">What it had committed.</param>
    /// <param name="SecondsPerShard">Its speed; 0 where nothing was measured.</param>
    public readonly record struct Heard(TrainingVersion Version, double SecondsPerShard);

    /// <summary>The job's owner ends it; stays so.</summary>
    public bool Stop
    {
        get => _stop;
        set => _stop = value;
    }

    /// <summary>A change of membership is wished for, in this generation, for which nothing is prepared.</summary>
    public bool Yield
    {
        get => _yield;
        set => _yield = value;
    }

    /// <summary>How far the next generation is prepared; said by the rank that watches.</summary>
    public PreparationStage Stage
    {
        get => (PreparationStage)_stage;
        set => _stage = (int)value;
    }

    /// <summary>True where this rank can go over to the next generation after any step.</summary>
    public bool IsReady
    {
        get => _isReady;
        set => _isReady = value;
    }

    /// <summary>The furthest stage that all ranks of this generation have heard of. For the device's thread.</summary>
    public PreparationStage HeardStage { get; private set; }

    /// <summary>A generation begins.</summary>
    public void Begin()
    {
        (_yield, _isReady, _stage) = (false, false, 0);
        HeardStage = PreparationStage.None;
        _hearing = [NewSource(), NewSource()];
        _heard = [.. _hearing.Select(h => h.Task)];
    }

    /// <summary>Ends when all ranks have heard of a stage, in the generation that has begun last.</summary>
    public Task<Heard> WhenHeard(PreparationStage stage) => _heard[(int)stage - 1];

    /// <summary>A step's sums say how far the next generation is prepared. For the device's thread.</summary>
    public void Hear(PreparationStage stage, TrainingVersion version, double secondsPerShard)
    {
        for (; HeardStage < stage; HeardStage++)
        {
            _hearing[(int)HeardStage].TrySetResult(new(version, secondsPerShard));
        }
    }

    // What follows does so on another thread: the step goes on.
    private static TaskCompletionSource<Heard> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
