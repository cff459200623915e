using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>Moves bytes to and from one peer, as many as go without waiting.</summary>
internal abstract class LinkTransport : IDisposable
{
    /// <summary>Returned where the peer has closed the link, or it broke.</summary>
    public const int Closed = -1;

    /// <summary>What can be waited for; null where the peer wakes this side by other means.</summary>
    public abstract Socket? Socket { get; }

    /// <summary>Why the link broke; null where it was closed in order.</summary>
    public string? Error { get; protected set; }

    /// <summary>Sends the first bytes, then the second; gives the number taken, 0 where none can be now.</summary>
    public abstract int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Receives into the first bytes, then into the second; gives the number received, 0 where none are there.</summary>
    public abstract int Receive(Span<byte> first, Span<byte> second);

    /// <summary>For a link without a socket: true where it can make progress, after all that was written so far is seen.</summary>
    public virtual bool IsReady(bool read, bool write) => false;

    public abstract void Dispose();

    /// <summary>The transport over a connected socket, which it owns.</summary>
    public static LinkTransport Over(Socket socket)
    {
        socket.Blocking = false;
        return OperatingSystem.IsWindows() ? new SocketTransport(socket) : new UnixTransport(socket);
    }
}
