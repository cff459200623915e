using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>
/// A rank's end of its generation's group. Each rank has a link to every other; an exchange is complete for a rank once
/// the frames of all others have come to it.
/// </summary>
internal sealed class GroupEnd
{
    // Beyond so many ranks frames to a third of the peers travel together, which keeps the number of events in bounds.
    private const int MostSingleFrames = 16;
    private const int Batches = 3;

    private readonly World _world;
    private readonly Silo _silo;
    private readonly Node?[] _peers;
    private readonly bool[] _isUp;
    private readonly FrameKind?[] _ended; // Abort or Closed, once that came over the link to a rank
    private readonly TimeSpan[] _arrivals;
    private readonly List<Exchange> _exchanges = [];
    private int _missingLinks;
    private bool _isClosed;
    private Exchange? _open; // that this rank waits for
    private Signal _wake = new();

    public GroupEnd(World world, Node node, Generation generation, int rank)
    {
        (_world, _silo, Generation, Rank) = (world, node.Silo, generation, rank);
        _peers = [.. generation.Ranks.Select(r => PeerOf(r))];
        _isUp = new bool[generation.WorldSize];
        _isUp[rank] = true;
        _ended = new FrameKind?[generation.WorldSize];
        _missingLinks = generation.WorldSize - 1;
        _arrivals = new TimeSpan[generation.WorldSize <= MostSingleFrames ? generation.WorldSize : Batches];
    }

    // The frames of one exchange that have come.
    private sealed class Exchange(FrameKind kind, TrainingVersion version, int ranks)
    {
        public FrameKind Kind => kind;
        public TrainingVersion Version => version;
        public Frame?[] Frames { get; } = new Frame?[ranks];
        public int Missing { get; set; } = ranks;
    }

    public Generation Generation { get; }

    public int Rank { get; }

    /// <summary>Why it has ended; null while it lives.</summary>
    public GroupFailure? Failure { get; private set; }

    /// <summary>The state that this rank offers to those that lack it; null while it offers none.</summary>
    public ReplicaState? Offered { get; set; }

    /// <summary>Links to all others, once they have come too. Fails with the first that could not be reached.</summary>
    public IEnumerable<Signal> Join(TimeSpan limit)
    {
        Send(new(Generation, Rank, FrameKind.Hello));
        var deadline = _world.Timeline.Now + limit;
        while (_missingLinks > 0 && Failure is null)
        {
            if (_world.Timeline.Now >= deadline)
            {
                Fail(new(GroupFailureKind.Unreachable, Array.IndexOf(_isUp, false)), FrameKind.Closed);
                yield break;
            }
            yield return Wake(deadline);
        }
    }

    /// <summary>Gives a frame to all others and waits for theirs.</summary>
    /// <param name="own">The frame.</param>
    /// <param name="limit">How long a rank may be silent.</param>
    /// <param name="result">Receives the frames of all, unless the group has failed.</param>
    public IEnumerable<Signal> Exchanged(Frame own, TimeSpan limit, List<Frame> result)
    {
        result.Clear();
        if (Failure is not null)
        {
            yield break;
        }
        var exchange = _open = ExchangeOf(own);
        Put(exchange, own);
        FailWhereNeeded();
        Send(own);
        var deadline = _world.Timeline.Now + limit;
        while (exchange.Missing > 0 && Failure is null)
        {
            if (_world.Mutation == Mutation.CommitsEarly && exchange.Missing == 1 && own.Kind == FrameKind.Step)
            {
                break;
            }
            if (_world.Timeline.Now >= deadline)
            {
                Fail(new(GroupFailureKind.Stalled, Array.IndexOf(exchange.Frames, null)), FrameKind.Abort);
                yield break;
            }
            yield return Wake(deadline);
        }
        _open = null;
        if (Failure is null)
        {
            _exchanges.Remove(exchange);
            result.AddRange(exchange.Frames.OfType<Frame>());
        }
    }

    /// <summary>A frame has come to this rank's node.</summary>
    public void Receive(Frame frame)
    {
        if (_isClosed)
        {
            return;
        }
        var isOurs = frame.Generation.Number == Generation.Number && frame.Generation.Token == Generation.Token;
        if (!isOurs && (_world.Mutation != Mutation.TokenNotChecked || frame.Kind != FrameKind.Step))
        {
            _world.Tally.RefusedFrames++;
            return;
        }
        _world.Checks.Fence.Accepted(Generation, frame);
        switch (frame.Kind)
        {
            case FrameKind.Hello:
                LinkUp(frame.Rank);
                _peers[frame.Rank]?.EndOf(Generation)?.LinkUp(Rank);
                break;
            case FrameKind.Abort or FrameKind.Closed:
                _ended[frame.Rank] ??= frame.Kind;
                _world.Timeline.Tell(() =>
                    $"{Generation.Ranks[Rank].Node} sees {Generation.Ranks[frame.Rank].Node}: {frame.Kind}"
                );
                FailWhereNeeded();
                break;
            default:
                Put(ExchangeOf(frame), frame);
                break;
        }
    }

    /// <summary>Ends the group for all.</summary>
    public void Abort() => Fail(new(GroupFailureKind.Told, null), FrameKind.Abort);

    /// <summary>Leaves the group: who still needs this rank sees its link close.</summary>
    public void Close()
    {
        Offered = null;
        if (!_isClosed)
        {
            _isClosed = true;
            Send(new(Generation, Rank, FrameKind.Closed));
        }
    }

    // That a peer gives up is heard at once by who waits for others. The end of a link is read where a frame would be: it does
    // not matter to who has all that it waits for.
    private void FailWhereNeeded()
    {
        for (var rank = 0; _open is { } open && rank < _ended.Length; rank++)
        {
            if (_ended[rank] is { } kind && (kind == FrameKind.Abort || open.Frames[rank] is null))
            {
                var failure = kind == FrameKind.Abort ? GroupFailureKind.Told : GroupFailureKind.LinkLost;
                Fail(new(failure, kind == FrameKind.Abort ? null : rank), FrameKind.Abort);
                return;
            }
        }
    }

    private void LinkUp(int rank)
    {
        if (!_isUp[rank])
        {
            _isUp[rank] = true;
            _missingLinks--;
            if (_missingLinks == 0)
            {
                _wake.Set();
            }
        }
    }

    private void Fail(GroupFailure failure, FrameKind told)
    {
        if (Failure is not null || _isClosed)
        {
            return;
        }
        Failure = failure;
        Send(new(Generation, Rank, told));
        _isClosed = true;
        _wake.Set();
    }

    private Exchange ExchangeOf(Frame frame)
    {
        foreach (var known in _exchanges)
        {
            if (known.Kind == frame.Kind && known.Version == frame.Version)
            {
                return known;
            }
        }
        var exchange = new Exchange(frame.Kind, frame.Version, Generation.WorldSize);
        _exchanges.Add(exchange);
        return exchange;
    }

    private void Put(Exchange exchange, Frame frame)
    {
        if (exchange.Frames[frame.Rank] is null)
        {
            exchange.Frames[frame.Rank] = frame;
            exchange.Missing--;
            if (exchange.Missing == 0 || _world.Mutation == Mutation.CommitsEarly)
            {
                _wake.Set();
            }
        }
    }

    private Signal Wake(TimeSpan deadline)
    {
        var wake = _wake = new();
        _world.Timeline.After(deadline - _world.Timeline.Now, _silo, wake.Set);
        return wake;
    }

    private Node? PeerOf(RankPlacement rank)
    {
        var node = _world.NodeOf(rank.Node);
        return node.Silo.Link.Process == rank.Link?.Process ? node : null;
    }

    // On each link frames arrive in the order in which they were sent.
    private void Send(Frame frame)
    {
        var single = _arrivals.Length == Generation.WorldSize;
        for (var to = 0; to < _arrivals.Length; to++)
        {
            if (single && (to == Rank || _peers[to] is null))
            {
                continue;
            }
            var arrival = _world.Timeline.Now + _world.Network.Delay();
            _arrivals[to] = arrival > _arrivals[to] ? arrival : _arrivals[to];
            if (single)
            {
                Carry(_peers[to]!, frame, _arrivals[to] - _world.Timeline.Now);
            }
            else
            {
                var batch = to;
                _world.Timeline.After(_arrivals[to] - _world.Timeline.Now, null, () => SendBatch(frame, batch));
            }
        }
    }

    private void SendBatch(Frame frame, int batch)
    {
        for (var to = batch; to < _peers.Length; to += Batches)
        {
            if (to == Rank || _peers[to] is not { } peer)
            {
                continue;
            }
            if (peer.Silo.IsFrozen || _world.Network.IsCut(_silo.Name, peer.Silo.Name))
            {
                Carry(peer, frame, TimeSpan.Zero);
            }
            else if (peer.Silo.IsAlive)
            {
                peer.Receive(frame);
            }
        }
    }

    private void Carry(Node peer, Frame frame, TimeSpan delay) =>
        _world.Network.Carry(_silo, peer.Silo, delay, () => peer.Receive(frame));
}
