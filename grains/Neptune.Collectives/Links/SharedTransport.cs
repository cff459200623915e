using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>
/// One end of a link through memory that two processes share. The Unix domain socket beside it wakes a side that waits, and
/// shows that the other one has gone.
/// </summary>
internal sealed class SharedTransport : LinkTransport
{
    private static readonly byte[] _one = [1];

    private readonly LinkTransport _bell;
    private readonly SharedMemory _memory;
    private readonly byte[] _drain = new byte[64];
    private bool _peerHasGone;
    private bool _isDisposed; // the memory is gone: a touch would end the process

    public SharedTransport(Socket bell, SharedMemory memory)
    {
        _bell = Over(bell);
        _memory = memory;
    }

    public override Socket? Socket => _bell.Socket;

    public override bool IsThroughMemory => true;

    public override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_peerHasGone || _isDisposed)
            return Closed;
        var sent = _memory.Outgoing.Write(first);
        if (sent == first.Length)
            sent += _memory.Outgoing.Write(second);
        if (sent > 0 && _memory.Outgoing.MustWakeReader())
            _bell.Send(_one, []);
        return sent;
    }

    public override int Receive(Span<byte> first, Span<byte> second)
    {
        if (_isDisposed)
            return Closed;
        var hasGone = _peerHasGone; // looked at first: what was written before still counts
        var received = _memory.Incoming.Read(first);
        if (received == first.Length)
            received += _memory.Incoming.Read(second);
        if (received > 0 && _memory.Incoming.MustWakeWriter())
            _bell.Send(_one, []);
        return received > 0 || !hasGone ? received : Closed;
    }

    public override bool IsReady(bool read, bool write) =>
        !_isDisposed && ((read && _memory.Incoming.HasBytes) || (write && _memory.Outgoing.HasRoom));

    public override void Announce(bool isAsleep, bool read, bool write)
    {
        if (_isDisposed)
            return;
        _memory.Incoming.AnnounceReader(isAsleep && read);
        _memory.Outgoing.AnnounceWriter(isAsleep && write);
    }

    public override void Woken()
    {
        int received;
        while ((received = _bell.Receive(_drain, [])) > 0) { }
        if (received != Closed)
            return;
        _peerHasGone = true;
        Error = _bell.Error;
    }

    public override void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _bell.Dispose();
        _memory.Dispose();
    }
}
