using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Neptune.Collectives;

namespace Neptune.Benchmarks;

/// <summary>
/// What the system's sockets give at best: rank 0 sends bytes to rank 1 with plain blocking calls on a connection of its own.
/// </summary>
internal sealed class RawCopy : IDisposable
{
    private readonly Socket _socket;
    private readonly bool _sends;

    private RawCopy(Socket socket, bool sends)
    {
        (_socket, _sends) = (socket, sends);
        socket.SendBufferSize = socket.ReceiveBufferSize = new GroupOptions().BufferBytes;
    }

    /// <summary>Ranks 0 and 1 get an end each, others null.</summary>
    public static RawCopy? Open(LinkAddress own, AllReduceTask task, CancellationToken cancellation)
    {
        if (task.Rank > 1)
            return null;
        var isUnix = task.Link != LinkKind.Tcp;
        // Rank 0's process id is in its address: a place that both know and nobody else has.
        var path = $"{task.Addresses[0].UnixPath}.raw";
        if (task.Rank == 0)
        {
            using var listener = isUnix
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(isUnix ? new UnixDomainSocketEndPoint(path) : new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(1);
            if (!isUnix)
                File.WriteAllText($"{path}.new", listener.LocalEndPoint!.ToString());
            if (!isUnix)
                File.Move($"{path}.new", path);
            using var stop = cancellation.Register(listener.Dispose);
            var socket = listener.Accept();
            File.Delete(path);
            return new(socket, sends: true);
        }
        while (!File.Exists(path))
            cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5));
        if (isUnix)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            while (true)
            {
                try
                {
                    socket.Connect(new UnixDomainSocketEndPoint(path));
                    return new(socket, sends: false);
                }
                catch (SocketException)
                {
                    cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5)); // bound, and not listening yet
                }
            }
        }
        var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        tcp.Connect(IPEndPoint.Parse(File.ReadAllText(path)));
        return new(tcp, sends: false);
    }

    /// <summary>
    /// Copies all values from rank 0 to rank 1; gives rank 0 the microseconds from its first byte to rank 1's last one, by
    /// the clock that all processes of a machine share.
    /// </summary>
    public double Measure(Span<float> values)
    {
        var bytes = MemoryMarshal.AsBytes(values);
        Span<long> clock = stackalloc long[1];
        if (_sends)
        {
            var start = Stopwatch.GetTimestamp();
            while (!bytes.IsEmpty)
                bytes = bytes[_socket.Send(bytes)..];
            _socket.Receive(MemoryMarshal.AsBytes(clock));
            return Stopwatch.GetElapsedTime(start, clock[0]).TotalMicroseconds;
        }
        while (!bytes.IsEmpty)
            bytes = bytes[_socket.Receive(bytes)..];
        clock[0] = Stopwatch.GetTimestamp();
        _socket.Send(MemoryMarshal.AsBytes(clock));
        return 0;
    }

    public void Dispose() => _socket.Dispose();
}
