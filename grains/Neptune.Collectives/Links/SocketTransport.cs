using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>A socket by the runtime's own calls, for systems without readv and writev.</summary>
internal sealed class SocketTransport(Socket socket) : LinkTransport
{
    public override Socket Socket => socket;

    public override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var sent = first.IsEmpty ? 0 : Checked(socket.Send(first, SocketFlags.None, out var error), error);
        if (sent < first.Length || second.IsEmpty)
            return sent;
        var more = Checked(socket.Send(second, SocketFlags.None, out error), error);
        return more > 0 ? sent + more
            : sent > 0 ? sent
            : more;
    }

    public override int Receive(Span<byte> first, Span<byte> second)
    {
        var received = 0;
        if (!first.IsEmpty)
        {
            received = Checked(socket.Receive(first, SocketFlags.None, out var error), error);
            if (received == 0 && error == SocketError.Success)
                return Closed;
            if (received < first.Length)
                return received;
        }
        if (second.IsEmpty || (received > 0 && socket.Available == 0))
            return received;
        var more = Checked(socket.Receive(second, SocketFlags.None, out var problem), problem);
        if (received > 0)
            return received + Math.Max(0, more);
        return more == 0 && problem == SocketError.Success ? Closed : more;
    }

    public override void Dispose() => socket.Dispose();

    private int Checked(int moved, SocketError error)
    {
        if (error == SocketError.Success)
            return moved;
        if (error == SocketError.WouldBlock)
            return 0;
        Error = new SocketException((int)error).Message;
        return Closed;
    }
}
