namespace Neptune.Worker;

/// <summary>What a rank is asked for while it trains. Written by any thread, read by the device's at each step.</summary>
internal sealed class RankOrders
{
    private volatile bool _stop;
    private volatile bool _yield;

    /// <summary>The job's owner ends it; stays so.</summary>
    public bool Stop
    {
        get => _stop;
        set => _stop = value;
    }

    /// <summary>A change of membership is wished for, in this generation.</summary>
    public bool Yield
    {
        get => _yield;
        set => _yield = value;
    }
}
