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

    /// <summary>True where bytes go through memory; the socket, if any, only wakes.</summary>
    public virtual bool IsThroughMemory => false;

    /// <summary>For a link through memory: true where it can make progress.</summary>
    public virtual bool IsReady(bool read, bool write) => false;

    /// <summary>For a link through memory: this side is about to wait for bytes, or room; or it has ceased to.</summary>
    public virtual void Announce(bool isAsleep, bool read, bool write) { }

    /// <summary>For a link through memory with a socket: that has something to read.</summary>
    public virtual void Woken() { }

    public abstract void Dispose();

    /// <summary>The transport over a connected socket, which it owns.</summary>
    public static LinkTransport Over(Socket socket)
    {
        socket.Blocking = false;
        return OperatingSystem.IsWindows() ? new SocketTransport(socket) : new UnixTransport(socket);
    }
}
