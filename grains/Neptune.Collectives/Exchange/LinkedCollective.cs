using System.Diagnostics;

namespace Neptune.Collectives;

/// <summary>
/// One rank's end of a group whose ranks live in several processes. All progress happens on the calling thread, as in MPI:
/// no helper threads, and in the steady state nothing is allocated.
/// </summary>
internal sealed class LinkedCollective : ICollective
{
    private static readonly TimeSpan _farewell = TimeSpan.FromMilliseconds(200);

    private readonly CollectiveGroup _group;
    private readonly GroupOptions _options;
    private readonly Link[] _links;
    private readonly Link?[] _linkOf;
    private readonly Sleeper _sleeper;
    private readonly Poller _poller = new();
    private readonly Exchange _exchange;
    private readonly long _spinTicks;
    private readonly ExchangePlan?[] _plans = new ExchangePlan?[8];
    private int _nextPlan;
    private int _inside; // 1 while a thread is at work in here
    private long _send; // Stopwatch ticks, as the others
    private long _receive;
    private long _wait;
    private bool _isOpen; // between Begin and Complete
    private bool _disposed;
    private bool _closed; // the links
    private CollectiveAbortedException? _end;

    public LinkedCollective(CollectiveGroup group, GroupOptions options, Link?[] linkOf, Sleeper sleeper, bool maySpin)
    {
        (_group, _options, _linkOf, _sleeper) = (group, options, linkOf, sleeper);
        _links = [.. linkOf.OfType<Link>()];
        _exchange = new(group, options.ChunkBytes / sizeof(float));
        _spinTicks = maySpin ? (long)(options.Spin.TotalSeconds * Stopwatch.Frequency) : 0;
        Layout = new(group.Shards, [.. group.Members.Select(m => m.High)]);
        StallLimit = options.StallLimit;
    }

    public int Rank => _group.Rank;

    public int WorldSize => _group.WorldSize;

    public IReadOnlyCollection<int> NonFiniteFrom => _exchange.NonFinite.Found;

    public ExchangeTimes Times => new(_send, _receive, _exchange.SumTicks, _wait);

    /// <summary>All-reduces so far, those of the calibration too.</summary>
    internal long Count => _exchange.Sequence;

    /// <summary>Who brings what; the calibration has another one.</summary>
    internal ExchangeLayout Layout { get; set; }

    /// <summary>Whether a vector of so many values is sliced.</summary>
    internal Func<int, bool> IsSliced { get; set; } = _ => false;

    public TimeSpan StallLimit { get; set; }

    void ICollective.AddRanks(Memory<float> values, CancellationToken cancellation)
    {
        var (layout, isSliced) = (Layout, IsSliced);
        (Layout, IsSliced) = (ExchangeLayout.OfRanks(WorldSize), _ => false);
        try
        {
            ((ICollective)this).AllReduce(WorldSize, [new(new(Rank, Rank + 1), values)], values, cancellation);
        }
        finally
        {
            (Layout, IsSliced) = (layout, isSliced);
        }
    }

    public void Begin(int shards, ReadOnlySpan<PartialSum> partials, Memory<float> result)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Enter();
        try
        {
            ThrowIfEnded();
            if (_isOpen)
                throw new InvalidOperationException("The all-reduce before is not complete: call Complete first.");
            if (Mistake(shards, partials, result.Length) is { } mistake)
            {
                EndGroup(new($"{_group.Describe(Rank)} gave up: {mistake}"));
                throw new ArgumentException(mistake, nameof(partials));
            }
            _exchange.Begin(Layout, PlanOf(result.Length), _links, _linkOf, partials, result);
            _isOpen = true;
        }
        finally
        {
            Leave();
        }
    }

    public void Publish(int start, int end)
    {
        Enter();
        try
        {
            ThrowIfEnded();
            if (!_isOpen)
                throw new InvalidOperationException("Nothing to publish for: call Begin first.");
            ArgumentOutOfRangeException.ThrowIfNegative(start);
            ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(end, _exchange.Length);
            _exchange.Publish(start, end);
            while (TryProgress(everywhere: true)) { }
        }
        catch (CollectiveAbortedException e)
        {
            EndGroup(e);
            throw;
        }
        finally
        {
            Leave();
        }
    }

    public void Complete(CancellationToken cancellation)
    {
        Enter();
        CancellationTokenRegistration registration = default;
        try
        {
            ThrowIfEnded();
            if (!_isOpen)
                throw new InvalidOperationException("Nothing to complete: call Begin first.");
            if (_exchange.Unpublished > 0)
                throw new InvalidOperationException($"{_exchange.Unpublished} values are not published yet.");
            var began = Stopwatch.GetTimestamp();
            var idleSince = 0L;
            var everywhere = true;
            while (!IsComplete())
            {
                ThrowIfEnded();
                if (cancellation.IsCancellationRequested)
                {
                    EndGroup(new($"{_group.Describe(Rank)} gave up: it was cancelled."));
                    cancellation.ThrowIfCancellationRequested();
                }
                var moved = TryProgress(everywhere);
                everywhere = true;
                if (moved)
                {
                    idleSince = 0;
                    continue;
                }
                var waits = Stopwatch.GetTimestamp();
                if (_spinTicks > 0)
                {
                    var now = Stopwatch.GetTimestamp();
                    idleSince = idleSince == 0 ? now : idleSince;
                    if (now - idleSince < _spinTicks)
                    {
                        Thread.Yield();
                        _wait += Stopwatch.GetTimestamp() - waits;
                        continue;
                    }
                }
                if (registration == default && cancellation.CanBeCanceled)
                {
                    registration = cancellation.UnsafeRegister(static w => ((WakeUp)w!).Set(), _sleeper.WakeUp);
                    continue;
                }
                Sleep(began);
                _wait += Stopwatch.GetTimestamp() - waits;
                everywhere = false;
            }
            _exchange.End();
            _isOpen = false;
        }
        catch (CollectiveAbortedException e)
        {
            EndGroup(e);
            throw;
        }
        finally
        {
            Leave();
            registration.Dispose();
        }
    }

    public void Abort(string reason)
    {
        if (Interlocked.CompareExchange(ref _end, new($"{_group.Describe(Rank)} gave up: {reason}"), null) is not null)
            return;
        // Whoever is inside tells the peers; otherwise this thread does.
        _sleeper.WakeUp.Set();
        if (Interlocked.CompareExchange(ref _inside, 1, 0) == 0)
            Leave();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Interlocked.CompareExchange(ref _end, _group.Failure(Rank, "has left the group."), null);
        _sleeper.WakeUp.Set(); // a thread that waits in here must not keep this one waiting
        Enter();
        if (!_closed)
            CloseLinks(FrameKind.Leave);
        Leave();
        _sleeper.Dispose();
    }

    private void Enter()
    {
        var spinner = new SpinWait();
        while (Interlocked.CompareExchange(ref _inside, 1, 0) != 0)
            spinner.SpinOnce();
    }

    private void Leave()
    {
        do
        {
            if (Volatile.Read(ref _end) is not null && !_closed)
                CloseLinks(FrameKind.Abort);
            Interlocked.Exchange(ref _inside, 0);
            // An abort may have come between the look and the leaving; its thread saw someone inside and went.
        } while (
            Volatile.Read(ref _end) is not null
            && !Volatile.Read(ref _closed)
            && Interlocked.CompareExchange(ref _inside, 1, 0) == 0
        );
    }

    private void EndGroup(CollectiveAbortedException end)
    {
        Interlocked.CompareExchange(ref _end, end, null);
        if (!_closed)
            CloseLinks(FrameKind.Abort);
    }

    private void CloseLinks(FrameKind kind)
    {
        Volatile.Write(ref _closed, true);
        var deadline = Stopwatch.GetTimestamp() + (long)(_farewell.TotalSeconds * Stopwatch.Frequency);
        foreach (var link in _links)
            link.End(kind, _end!.Message, _exchange.Sequence, _poller, deadline);
        _exchange.End();
    }

    private void ThrowIfEnded()
    {
        if (Volatile.Read(ref _end) is { } end)
            throw new CollectiveAbortedException(end.Message, end.InnerException)
            {
                Rank = end.Rank,
                Node = end.Node,
                Failure = end.Failure,
            };
    }

    private bool IsComplete()
    {
        if (!_exchange.HasResult)
            return false;
        foreach (var link in _links)
        {
            if (!link.IsDone)
                return false;
        }
        return true;
    }

    private bool TryProgress(bool everywhere)
    {
        var moved = false;
        foreach (var link in _links)
        {
            if (link.HasOutput && (everywhere || link.MayWrite))
            {
                var (start, sum) = (Stopwatch.GetTimestamp(), _exchange.SumTicks);
                moved |= link.Send(_exchange);
                _send += Stopwatch.GetTimestamp() - start - (_exchange.SumTicks - sum);
            }
            if (link.IncomingLeft > 0 && (everywhere || link.MayRead))
            {
                var (start, sum) = (Stopwatch.GetTimestamp(), _exchange.SumTicks);
                var received = link.Receive(_exchange);
                moved |= received;
                // Looking in vain is waiting.
                var ticks = Stopwatch.GetTimestamp() - start - (_exchange.SumTicks - sum);
                _ = received ? _receive += ticks : _wait += ticks;
            }
            else if (link.IsHeard && !everywhere && link.MayRead)
            {
                link.Hear(_exchange);
            }
        }
        return moved;
    }

    /// <summary>Waits until a link can move bytes, a peer or another thread wakes this one, or a peer has stalled.</summary>
    private void Sleep(long began)
    {
        _sleeper.Announce();
        _poller.Clear();
        var wake = _poller.Add(_sleeper.WakeUp.Socket, read: true, write: false);
        var now = Stopwatch.GetTimestamp();
        var wait = StallLimit;
        var ready = Volatile.Read(ref _end) is not null;
        foreach (var link in _links)
        {
            link.MayRead = link.MayWrite = true;
            if (link.IsDone && !link.IsHeard)
                continue;
            link.Announce(isAsleep: true);
            ready |= link.IsReadyInMemory;
            link.AddTo(_poller);
            if (link.IsDone)
                continue;
            var left = StallLimit - Stopwatch.GetElapsedTime(Math.Max(began, link.LastMoved), now);
            if (left <= TimeSpan.Zero)
                throw Stalled(began, now);
            wait = left < wait ? left : wait;
        }
        if (!ready)
        {
            _poller.Wait(wait);
            if (_poller.CanRead(wake))
                _sleeper.WakeUp.Reset();
        }
        foreach (var link in _links)
        {
            if (link.IsDone && !link.IsHeard)
                continue;
            link.Announce(isAsleep: false);
            if (!ready)
                link.Look(_poller);
        }
        _sleeper.Rise();
    }

    /// <summary>
    /// Names who is to blame: first a rank that takes nothing, then one that owes its own part, and last one that owes a
    /// sum, for it may itself wait for another.
    /// </summary>
    private CollectiveAbortedException Stalled(long began, long now)
    {
        Link? worst = null;
        var blame = -1;
        foreach (var link in _links)
        {
            if (link.IsDone || Stopwatch.GetElapsedTime(Math.Max(began, link.LastMoved), now) < StallLimit)
                continue;
            var level =
                link.HasOutput ? 2
                : _exchange.OwesPartials(link) ? 1
                : 0;
            if (level > blame)
                (worst, blame) = (link, level);
        }
        return _group.Failure(
            worst!.Peer,
            (blame == 2 ? "has taken no byte" : "has sent no byte")
                + $" for {StallLimit.TotalSeconds:0.###} s (the stall limit).",
            failure: CollectiveFailure.Stalled
        );
    }

    private ExchangePlan PlanOf(int length)
    {
        var isSliced = IsSliced(length);
        foreach (var known in _plans)
        {
            if (known is not null && known.Length == length && known.IsSliced == isSliced)
                return known;
        }
        var plan = new ExchangePlan(length, WorldSize, isSliced, _options.ChunkBytes / sizeof(float));
        _plans[_nextPlan] = plan;
        _nextPlan = (_nextPlan + 1) % _plans.Length;
        return plan;
    }

    private string? Mistake(int shards, ReadOnlySpan<PartialSum> partials, int length)
    {
        if (shards != Layout.Shards)
            return $"shards is {shards}; the group was joined for {Layout.Shards}.";
        var (first, count) = Layout.NodesOf(Rank);
        if (partials.Length != count)
            return $"there are {partials.Length} partial sums; the rank's range has {count}.";
        for (var i = 0; i < count; i++)
        {
            if (partials[i].Node != Layout.Nodes[first + i])
                return $"the partial sum {partials[i].Node} comes where the rank's range has {Layout.Nodes[first + i]}.";
            if (partials[i].Values.Length != length)
                return $"the partial sum {partials[i].Node} has {partials[i].Values.Length} values, the result {length}.";
        }
        return null;
    }
}
