using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>One end of a link between two ranks of the same process, whose group has ranks elsewhere too.</summary>
internal sealed class MemoryTransport(MemoryPipe incoming, MemoryPipe outgoing) : LinkTransport
{
    public override Socket? Socket => null;

    public override bool IsThroughMemory => true;

    public override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (outgoing.IsClosed)
            return Closed;
        var sent = outgoing.Write(first);
        if (sent == first.Length)
            sent += outgoing.Write(second);
        if (sent > 0)
            outgoing.Reader?.Wake();
        return sent;
    }

    public override int Receive(Span<byte> first, Span<byte> second)
    {
        var closed = incoming.IsClosed; // looked at first: what was written before it was closed still counts
        var received = incoming.Read(first);
        if (received == first.Length)
            received += incoming.Read(second);
        if (received > 0)
            incoming.Writer?.Wake();
        return received > 0 || !closed ? received : LinkTransport.Closed;
    }

    public override bool IsReady(bool read, bool write) =>
        (read && (incoming.Ring.HasBytes || incoming.IsClosed))
        || (write && (outgoing.Ring.HasRoom || outgoing.IsClosed));

    public override void Dispose()
    {
        outgoing.Close();
        incoming.Close();
    }
}
