using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Neptune.Collectives;

/// <summary>
/// One rank's way to another: turns queued frames into bytes and bytes into frames, as many as go without waiting. Large
/// payloads move between the socket and their place without a copy; small ones are gathered, so that a small exchange is
/// one call each way.
/// </summary>
internal sealed class Link(CollectiveGroup group, int peer, LinkTransport transport, LinkRefusals refusals)
    : IDisposable
{
    private const int LargePayload = 16 * 1024;
    private const int StageSize = 64 * 1024;
    private const int MaxReasonBytes = 4096;

    private readonly byte[] _out = GC.AllocateUninitializedArray<byte>(StageSize, pinned: true);
    private readonly byte[] _in = GC.AllocateUninitializedArray<byte>(StageSize, pinned: true);
    private int _outStart;
    private int _outEnd;
    private OutgoingFrame _sending;
    private Memory<float> _sendingValues;
    private int _sendingDone;
    private bool _isSending;
    private int _inStart;
    private int _inEnd;
    private FrameHeader _receiving;
    private Memory<float> _receivingValues;
    private int _receivingDone;
    private bool _isReceiving;
    private int _pollNumber;
    private bool _isAhead; // what comes next belongs to a later call

    public int Peer => peer;

    public Socket? Socket => transport.Socket;

    /// <summary>Partial sums for the peer to add.</summary>
    public FrameQueue Partials { get; } = new();

    /// <summary>Finished sums; they go first, as all ranks need them.</summary>
    public FrameQueue Sums { get; } = new();

    /// <summary>Frames of this all-reduce that the peer still owes. Bytes behind them stay where they are.</summary>
    public int IncomingLeft
    {
        get;
        set
        {
            field = value;
            _isAhead &= value == 0;
        }
    }

    public bool HasOutput => _outStart < _outEnd || _isSending || Partials.Count > 0 || Sums.Count > 0;

    public bool IsDone => IncomingLeft == 0 && !HasOutput;

    /// <summary>True where the peer owes nothing more of this all-reduce, and may still say that it gives up.</summary>
    public bool IsHeard => IncomingLeft == 0 && !_isAhead;

    private bool WantsInput => IncomingLeft > 0 || IsHeard;

    /// <summary>When bytes moved last, as a <see cref="Stopwatch"/>'s timestamp.</summary>
    public long LastMoved { get; set; }

    /// <summary>What the last wait told: whether a try is worth a system call.</summary>
    public bool MayRead { get; set; }

    /// <inheritdoc cref="MayRead"/>
    public bool MayWrite { get; set; }

    public bool IsReadyInMemory => transport.IsReady(WantsInput, HasOutput);

    /// <summary>Prepares a wait, or ends it, for what this all-reduce still needs.</summary>
    public void Announce(bool isAsleep)
    {
        if (transport.IsThroughMemory)
            transport.Announce(isAsleep, WantsInput, HasOutput);
    }

    /// <summary>Adds the socket, if there is one, to what is waited for.</summary>
    public void AddTo(Poller poller)
    {
        if (Socket is not { } socket)
            return;
        _pollNumber = transport.IsThroughMemory
            ? poller.Add(socket, read: true, write: false)
            : poller.Add(socket, WantsInput, HasOutput);
    }

    /// <summary>Takes what a wait has told.</summary>
    public void Look(Poller poller)
    {
        if (Socket is null)
            return;
        MayRead = poller.CanRead(_pollNumber);
        MayWrite = poller.CanWrite(_pollNumber);
        if (!transport.IsThroughMemory)
            return;
        if (MayRead)
            transport.Woken();
        MayRead = MayWrite = true;
    }

    /// <summary>Sends what goes at once; true where anything went.</summary>
    public bool Send(Exchange exchange)
    {
        Stage(exchange);
        var payload = _isSending ? MemoryMarshal.AsBytes(_sendingValues.Span)[_sendingDone..] : [];
        var sent = transport.Send(_out.AsSpan(_outStart, _outEnd - _outStart), payload);
        if (sent == LinkTransport.Closed)
            HearLastWords(exchange);
        if (sent <= 0)
            return false;
        LastMoved = Stopwatch.GetTimestamp();
        var staged = Math.Min(sent, _outEnd - _outStart);
        _outStart += staged;
        _sendingDone += sent - staged;
        if (_isSending && _sendingDone == _sendingValues.Length * sizeof(float))
        {
            _isSending = false;
            exchange.Sent(_sending);
        }
        return true;
    }

    /// <summary>Receives what is there; true where anything was.</summary>
    public bool Receive(Exchange exchange)
    {
        if (Consume(exchange) && IncomingLeft == 0)
            return true;
        var rest = _isReceiving ? MemoryMarshal.AsBytes(_receivingValues.Span)[_receivingDone..] : [];
        var isLarge = rest.Length >= LargePayload;
        // Behind a large payload most likely comes another one: only its header may take the way over the stage.
        var received = isLarge
            ? transport.Receive(rest, _in.AsSpan(0, FrameHeader.Size))
            : transport.Receive(_in.AsSpan(_inEnd), []);
        if (received == LinkTransport.Closed)
            throw group.Failure(peer, DescribeEnd());
        if (received <= 0)
            return false;
        LastMoved = Stopwatch.GetTimestamp();
        if (isLarge)
        {
            var direct = Math.Min(received, rest.Length);
            _receivingDone += direct;
            (_inStart, _inEnd) = (0, received - direct);
        }
        else
        {
            _inEnd += received;
        }
        Consume(exchange);
        return true;
    }

    /// <summary>
    /// Hears whether the peer gives up while this rank waits for others. What else it sends, or that it has gone, is for a
    /// later call.
    /// </summary>
    public void Hear(Exchange exchange)
    {
        Compact();
        var hasClosed = false;
        if (_inEnd < _in.Length)
        {
            var received = transport.Receive(_in.AsSpan(_inEnd), []);
            hasClosed = received == LinkTransport.Closed;
            _inEnd += Math.Max(0, received);
        }
        if (_inEnd - _inStart < FrameHeader.Size)
        {
            _isAhead = hasClosed;
            return;
        }
        // Also where the link is closed: the last words may have come together with the last values.
        var refusal = FrameHeader.TryRead(_in.AsSpan(_inStart, FrameHeader.Size), out var next);
        if (refusal is null && next.Kind == FrameKind.Abort && exchange.CheckOrigin(this, next) is null)
        {
            _receiving = next;
            TryReadLastWords();
            _isAhead = hasClosed;
            return;
        }
        _isAhead = true;
    }

    /// <summary>
    /// Says good-bye and why, after what is half sent; tries for a while only, as the peer may be gone or stuck.
    /// </summary>
    public void End(FrameKind kind, string reason, long sequence, Poller poller, long deadline)
    {
        Partials.Clear();
        Sums.Clear();
        var text = Encoding.UTF8.GetBytes(reason);
        var payload = text.AsSpan(0, Math.Min(text.Length, MaxReasonBytes));
        var header = new FrameHeader(
            kind,
            group.Rank,
            Exchange.HashOf(group.Job),
            sequence,
            group.Generation,
            FrameHeader.WholeVector,
            default,
            0,
            payload.Length,
            FrameChecksum.Of(payload)
        );
        Span<byte> last = stackalloc byte[FrameHeader.Size + MaxReasonBytes];
        header.Write(last);
        payload.CopyTo(last[FrameHeader.Size..]);
        last = last[..(FrameHeader.Size + payload.Length)];
        if (
            Flush(_out.AsSpan(_outStart, _outEnd - _outStart), poller, deadline)
            && (!_isSending || Flush(MemoryMarshal.AsBytes(_sendingValues.Span)[_sendingDone..], poller, deadline))
        )
        {
            Flush(last, poller, deadline);
        }
        Dispose();
    }

    public void Dispose() => transport.Dispose();

    private bool Flush(ReadOnlySpan<byte> bytes, Poller poller, long deadline)
    {
        while (!bytes.IsEmpty)
        {
            var sent = transport.Send(bytes, []);
            if (sent == LinkTransport.Closed)
                return false;
            bytes = bytes[sent..];
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
            if (sent == 0)
            {
                if (left <= TimeSpan.Zero)
                    return false;
                if (transport.IsThroughMemory)
                {
                    Thread.Yield();
                    continue;
                }
                poller.Clear();
                poller.Add(Socket!, read: false, write: true);
                poller.Wait(left);
            }
        }
        return true;
    }

    private void Stage(Exchange exchange)
    {
        if (_outStart == _outEnd)
            _outStart = _outEnd = 0;
        while (!_isSending && (Sums.Count > 0 || Partials.Count > 0))
        {
            var queue = Sums.Count > 0 ? Sums : Partials;
            var values = exchange.ValuesOf(queue.Peek());
            var bytes = MemoryMarshal.AsBytes(values.Span);
            var isLarge = bytes.Length >= LargePayload;
            if (_out.Length - _outEnd < FrameHeader.Size + (isLarge ? 0 : bytes.Length))
                return;
            var frame = queue.Take();
            exchange.HeaderOf(frame).Write(_out.AsSpan(_outEnd, FrameHeader.Size));
            _outEnd += FrameHeader.Size;
            if (isLarge)
            {
                (_sending, _sendingValues, _sendingDone, _isSending) = (frame, values, 0, true);
                return;
            }
            bytes.CopyTo(_out.AsSpan(_outEnd));
            _outEnd += bytes.Length;
            exchange.Sent(frame);
        }
    }

    /// <summary>Takes what lies on the stage; true where anything was taken.</summary>
    private bool Consume(Exchange exchange)
    {
        var tookAny = false;
        while (IncomingLeft > 0)
        {
            if (!_isReceiving && !TryReadHeader(exchange))
                break;
            var rest = MemoryMarshal.AsBytes(_receivingValues.Span)[_receivingDone..];
            var count = Math.Min(rest.Length, _inEnd - _inStart);
            _in.AsSpan(_inStart, count).CopyTo(rest);
            _inStart += count;
            _receivingDone += count;
            tookAny |= count > 0;
            if (count < rest.Length)
                break;
            _isReceiving = false;
            IncomingLeft--;
            if (exchange.Received(this, _receiving) is { } refusal)
                throw Refused(refusal, _receiving);
            tookAny = true;
        }
        Compact();
        return tookAny;
    }

    private void Compact()
    {
        if (_inStart == _inEnd)
        {
            _inStart = _inEnd = 0;
        }
        else if (_inStart > 0 && _inEnd == _in.Length)
        {
            _in.AsSpan(_inStart, _inEnd - _inStart).CopyTo(_in);
            (_inStart, _inEnd) = (0, _inEnd - _inStart);
        }
    }

    private bool TryReadHeader(Exchange exchange)
    {
        if (_inEnd - _inStart < FrameHeader.Size)
            return false;
        var refusal = FrameHeader.TryRead(_in.AsSpan(_inStart, FrameHeader.Size), out _receiving);
        refusal ??= exchange.CheckOrigin(this, _receiving);
        if (refusal is null && _receiving.Kind is FrameKind.Abort or FrameKind.Leave)
            return TryReadLastWords();
        refusal ??= exchange.Accept(this, _receiving, out _receivingValues);
        if (refusal is { } reason)
            throw Refused(reason, _receiving);
        _inStart += FrameHeader.Size;
        _receivingDone = 0;
        _isReceiving = true;
        return true;
    }

    private bool TryReadLastWords()
    {
        if (_receiving.Length is < 0 or > MaxReasonBytes)
            throw Refused(LinkRefusal.FrameLength, _receiving);
        var start = _inStart + FrameHeader.Size;
        if (_inEnd - start < _receiving.Length)
            return false;
        var payload = _in.AsSpan(start, _receiving.Length);
        if (FrameChecksum.Of(payload) != _receiving.PayloadChecksum)
            throw Refused(LinkRefusal.FramePayloadChecksum, _receiving);
        if (_receiving.Kind == FrameKind.Leave)
            throw group.Failure(peer, "has left the group.");
        throw new CollectiveAbortedException(Encoding.UTF8.GetString(payload));
    }

    /// <summary>The peer takes nothing more: perhaps it said why before it went.</summary>
    private void HearLastWords(Exchange exchange)
    {
        var error = transport.Error;
        IncomingLeft = int.MaxValue;
        while (Receive(exchange)) { }
        throw group.Failure(peer, $"has closed its link ({error}); its process may have ended.");
    }

    private string DescribeEnd()
    {
        var how = transport.Error is { } error ? $" ({error})" : "";
        return _isReceiving
                ? $"closed its link{how} in the middle of a frame, after {_receivingDone} of {_receiving.Length} bytes."
            : _inEnd > _inStart ? $"closed its link{how} in the middle of a frame's header."
            : $"closed its link{how} while its values were waited for; its process may have ended.";
    }

    private CollectiveAbortedException Refused(LinkRefusal reason, FrameHeader header)
    {
        refusals.Add(reason);
        return group.Failure(peer, $"sent a frame that is refused ({reason}): {Explain(reason, header)}");
    }

    private string Explain(LinkRefusal reason, FrameHeader header) =>
        reason switch
        {
            LinkRefusal.FrameMagic => "what came is no frame.",
            LinkRefusal.FrameHeaderChecksum => "its header was altered on the way.",
            LinkRefusal.FramePayloadChecksum => "its values were altered on the way.",
            LinkRefusal.FrameJob => "it belongs to another job.",
            LinkRefusal.FrameGeneration => $"it belongs to generation {header.Generation}.",
            LinkRefusal.FrameRank => $"it says it comes from rank {header.From}.",
            LinkRefusal.FrameSequence =>
                $"it belongs to all-reduce {header.Sequence}. All ranks must make the same calls in the same order.",
            _ =>
                $"{header.Kind} of {header.Node}, slice {header.Slice}, {header.Length} bytes from value {header.Offset} "
                    + "is not what comes next. All ranks must make the same calls in the same order.",
        };
}
