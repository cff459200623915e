namespace Neptune.Collectives;

/// <summary>Lets peers of the same process wake a thread that waits, at no cost while it does not.</summary>
internal sealed class Sleeper : IDisposable
{
    private int _asleep;

    public WakeUp WakeUp { get; } = new();

    /// <summary>Announces a wait: look once more for work after this, then wait for <see cref="WakeUp"/>.</summary>
    public void Announce() => Interlocked.Exchange(ref _asleep, 1);

    /// <summary>The wait is over.</summary>
    public void Rise() => Volatile.Write(ref _asleep, 0);

    /// <summary>Call after what the sleeper waits for was written.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier(); // what was written is seen before the sleeper's last look, or the announcement is seen here
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0)
            WakeUp.Set();
    }

    public void Dispose() => WakeUp.Dispose();
}
