using System.Diagnostics;
using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>A connection that has not proved yet who it is. Used by the listener's thread alone.</summary>
internal sealed class PendingConnection : IDisposable
{
    private readonly LinkTransport _transport;
    private byte[] _hello = new byte[LinkHandshake.HelloPrefixSize];
    private int _received;
    private bool _prefixRead;

    public PendingConnection(Socket socket, TimeSpan patience)
    {
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
        _transport = LinkTransport.Over(socket);
        Socket = socket;
        Expire(patience);
        Challenge = LinkHandshake.Challenge();
        if (_transport.Send(Challenge, []) != Challenge.Length)
            IsClosed = true; // a new connection takes these few bytes, unless it is gone
    }

    public Socket Socket { get; }

    public byte[] Challenge { get; }

    /// <summary>The whole hello, once <see cref="Greeting"/> is there.</summary>
    public ReadOnlySpan<byte> Hello => _hello;

    /// <summary>What it says, once it has said it.</summary>
    public LinkGreeting? Greeting { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>When it will be given up, as a <see cref="Stopwatch"/>'s timestamp.</summary>
    public long Deadline { get; private set; }

    /// <summary>Gives it so much time from now on.</summary>
    public void Expire(TimeSpan patience) =>
        Deadline = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Reads what is there; gives why it is refused, or null.</summary>
    public LinkRefusal? Read()
    {
        while (Greeting is null)
        {
            var received = _transport.Receive(_hello.AsSpan(_received), []);
            if (received == LinkTransport.Closed)
                IsClosed = true;
            if (received <= 0)
                return null;
            _received += received;
            if (_received < _hello.Length)
                continue;
            if (_prefixRead)
            {
                Greeting = LinkHandshake.Read(_hello);
                return null;
            }
            if (LinkHandshake.CheckPrefix(_hello, out var rest) is { } reason)
                return reason;
            Array.Resize(ref _hello, _hello.Length + rest);
            _prefixRead = true;
        }
        // Nobody may speak on before being welcomed; the end of the connection shows here too.
        Span<byte> more = stackalloc byte[1];
        var count = _transport.Receive(more, []);
        IsClosed |= count == LinkTransport.Closed;
        return count > 0 ? LinkRefusal.MalformedHello : null;
    }

    public bool Send(ReadOnlySpan<byte> message) => _transport.Send(message, []) == message.Length;

    public void Dispose() => _transport.Dispose();
}
