namespace Neptune.Collectives;

/// <summary>
/// Where the ranks of a group meet again and again, until one gives up. It spins a little, then sleeps: ranks may
/// outnumber the cores.
/// </summary>
/// <param name="worldSize">How many must come.</param>
internal sealed class Rendezvous(int worldSize)
{
    private readonly object _gate = new();
    private int _arrived;
    private volatile int _meetings;
    private volatile string? _abortReason;

    /// <summary>Why the group has ended; null while it lives.</summary>
    public string? AbortReason => _abortReason;

    /// <summary>Wakes all who can still give up, for good. The first reason stays.</summary>
    public void Abort(string reason)
    {
        lock (_gate)
        {
            _abortReason ??= reason;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for all, or until the group is aborted.</summary>
    /// <param name="whenAllAreHere">Runs once, by the last to come; gives null, or why the group must end.</param>
    /// <param name="abortOnCancel">Called when <paramref name="cancellation"/> fires: must call <see cref="Abort"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    public void MeetOrGiveUp(Func<string?> whenAllAreHere, Action abortOnCancel, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            abortOnCancel();
        int meeting;
        lock (_gate)
        {
            ThrowIfAborted(cancellation);
            meeting = _meetings;
            if (_arrived + 1 == worldSize)
            {
                if (whenAllAreHere() is { } reason)
                {
                    Abort(reason);
                    ThrowIfAborted(CancellationToken.None);
                }
                Open(meeting);
                return;
            }
            _arrived++;
        }
        if (Spin(meeting))
            return;
        using var registration = cancellation.UnsafeRegister(static act => ((Action)act!)(), abortOnCancel);
        lock (_gate)
        {
            while (_meetings == meeting)
            {
                ThrowIfAborted(cancellation);
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Waits for all, whatever happens: they are known to come.</summary>
    public void Meet()
    {
        int meeting;
        lock (_gate)
        {
            meeting = _meetings;
            if (++_arrived == worldSize)
            {
                Open(meeting);
                return;
            }
        }
        if (Spin(meeting))
            return;
        lock (_gate)
        {
            while (_meetings == meeting)
                Monitor.Wait(_gate);
        }
    }

    private void Open(int meeting)
    {
        _arrived = 0;
        _meetings = meeting + 1;
        Monitor.PulseAll(_gate);
    }

    private bool Spin(int meeting)
    {
        var spinner = new SpinWait();
        while (_meetings == meeting && !spinner.NextSpinWillYield)
            spinner.SpinOnce();
        return _meetings != meeting;
    }

    private void ThrowIfAborted(CancellationToken cancellation)
    {
        if (_abortReason is null)
            return;
        cancellation.ThrowIfCancellationRequested();
        throw new CollectiveAbortedException(_abortReason);
    }
}
