using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>Connects to another process's <see cref="LinkListener"/>.</summary>
public static class LinkConnector
{
    private static readonly TimeSpan _slice = TimeSpan.FromMilliseconds(100); // how soon a cancellation is noticed

    /// <summary>
    /// Opens a stream to what serves <paramref name="purpose"/> there; both sides have proved that they hold the token.
    /// It goes through a Unix domain socket within a host, and through TCP otherwise.
    /// </summary>
    /// <param name="address">The other process.</param>
    /// <param name="purpose">The name given to <see cref="LinkListener.Handle"/>.</param>
    /// <param name="token">The secret of both sides, at least 16 bytes.</param>
    /// <param name="cancellation">Gives up; there is no other limit on time.</param>
    /// <exception cref="IOException">It cannot be reached or refuses; the message says why.</exception>
    public static async Task<Stream> OpenAsync(
        LinkAddress address,
        string purpose,
        ReadOnlyMemory<byte> token,
        CancellationToken cancellation
    )
    {
        Socket? socket = null;
        try
        {
            socket = await ConnectAsync(address, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            var challenge = new byte[LinkHandshake.ChallengeSize];
            await stream.ReadExactlyAsync(challenge, cancellation);
            var hello = LinkHandshake.Hello(challenge, LinkGreeting.Stream(purpose), token.Span);
            await stream.WriteAsync(hello, cancellation);
            var welcome = new byte[LinkHandshake.WelcomeSize];
            await stream.ReadExactlyAsync(welcome, cancellation);
            if (LinkHandshake.CheckWelcome(welcome, challenge, hello, token.Span) is { } reason)
                throw new IOException($"No stream for '{purpose}' to {address.Tcp}: it {reason}");
            socket = null;
            return stream;
        }
        catch (Exception e) when (e is SocketException or InvalidDataException or EndOfStreamException)
        {
            throw new IOException($"No stream for '{purpose}' to {address.Tcp}: {e.Message}", e);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>
    /// Connects one rank to another and greets it, waiting on the calling thread. A process that does not listen yet is
    /// tried again until the time is over.
    /// </summary>
    internal static Socket Connect(
        CollectiveGroup group,
        int to,
        LinkKind kind,
        long deadline,
        CancellationToken cancellation
    )
    {
        var socket = Connect(group, to, kind != LinkKind.Tcp, deadline, cancellation);
        try
        {
            using var waiting = new HandshakeIo(group, to, socket, deadline, cancellation);
            var challenge = waiting.Read(LinkHandshake.ChallengeSize);
            var hello = LinkHandshake.Hello(
                challenge,
                LinkGreeting.Group(group.Job, group.Generation, group.Rank, to),
                group.Token.Span
            );
            waiting.Write(hello);
            var welcome = waiting.Read(LinkHandshake.WelcomeSize);
            return LinkHandshake.CheckWelcome(welcome, challenge, hello, group.Token.Span) is { } reason
                ? throw group.Failure(to, reason)
                : socket;
        }
        catch (InvalidDataException e)
        {
            socket.Dispose();
            throw group.Failure(to, $"cannot be greeted: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>True where a process listens at a Unix domain socket that is seen from here.</summary>
    internal static bool CanConnectUnix(string path)
    {
        if (path.Length == 0)
            return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return false;
        }
    }

    private static async Task<Socket> ConnectAsync(LinkAddress address, CancellationToken cancellation)
    {
        if (File.Exists(address.UnixPath))
        {
            var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await unix.ConnectAsync(new UnixDomainSocketEndPoint(address.UnixPath), cancellation);
                return unix;
            }
            catch (SocketException)
            {
                unix.Dispose(); // a path of another host may happen to exist here: TCP decides
            }
        }
        var endpoint = Resolve(address.Tcp);
        var tcp = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(endpoint, cancellation);
            return tcp;
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    private static Socket Connect(
        CollectiveGroup group,
        int to,
        bool unix,
        long deadline,
        CancellationToken cancellation
    )
    {
        var address = group.Members[to].Address;
        var wait = TimeSpan.FromMilliseconds(10);
        while (true)
        {
            var socket = unix
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(Resolve(address.Tcp).AddressFamily, SocketType.Stream, ProtocolType.Tcp)
                {
                    NoDelay = true,
                };
            string problem;
            try
            {
                socket.Blocking = false;
                socket.Connect(unix ? new UnixDomainSocketEndPoint(address.UnixPath) : Resolve(address.Tcp));
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                if (WaitUntilConnected(socket, deadline, cancellation) is not { } error)
                    return socket;
                problem = error;
            }
            catch (SocketException e)
            {
                problem = e.Message;
            }
            socket.Dispose();
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline) < wait)
            {
                throw group.Failure(
                    to,
                    $"cannot be connected at {(unix ? address.UnixPath : address.Tcp)}: {problem}.",
                    failure: CollectiveFailure.Unreachable
                );
            }
            if (cancellation.WaitHandle.WaitOne(wait))
                cancellation.ThrowIfCancellationRequested();
            wait = TimeSpan.FromMilliseconds(Math.Min(500, wait.TotalMilliseconds * 2));
        }
    }

    private static string? WaitUntilConnected(Socket socket, long deadline, CancellationToken cancellation)
    {
        var poller = new Poller();
        while (true)
        {
            if (cancellation.IsCancellationRequested)
            {
                socket.Dispose();
                cancellation.ThrowIfCancellationRequested();
            }
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero)
                return "it does not answer";
            poller.Clear();
            var number = poller.Add(socket, read: false, write: true);
            poller.Wait(left < _slice ? left : _slice);
            if (!poller.CanWrite(number))
                continue;
            var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return error == SocketError.Success ? null : new SocketException((int)error).Message;
        }
    }

    private static IPEndPoint Resolve(string hostAndPort)
    {
        if (IPEndPoint.TryParse(hostAndPort, out var endpoint))
            return endpoint;
        var colon = hostAndPort.LastIndexOf(':');
        if (
            colon < 1
            || !ushort.TryParse(
                hostAndPort.AsSpan(colon + 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var port
            )
        )
        {
            throw new InvalidDataException($"'{hostAndPort}' is no address and port, such as 10.0.0.7:4711.");
        }
        return new(Dns.GetHostAddresses(hostAndPort[..colon])[0], port);
    }
}
