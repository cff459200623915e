using System.Net;
using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>Ends a thread's wait in a <see cref="Poller"/>: a datagram socket that talks to itself.</summary>
internal sealed class WakeUp : IDisposable
{
    private static readonly byte[] _one = [1];
    private readonly byte[] _drain = new byte[16];

    public WakeUp()
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Socket.Connect(Socket.LocalEndPoint!);
        Socket.Blocking = false;
    }

    public Socket Socket { get; }

    /// <summary>Safe for all threads.</summary>
    public void Set()
    {
        try
        {
            Socket.Send(_one, SocketFlags.None, out _); // a full buffer wakes too
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    /// <summary>Takes what was set; by the thread that waits.</summary>
    public void Reset()
    {
        SocketError error;
        do
        {
            Socket.Receive(_drain, SocketFlags.None, out error);
        } while (error == SocketError.Success);
    }

    public void Dispose() => Socket.Dispose();
}
