using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Neptune.Collectives;

/// <summary>
/// Reads and writes whole messages on a new link, waiting until a deadline. Not by the runtime's asynchronous calls: those
/// would keep a thread of the runtime awake for each later byte of the link.
/// </summary>
internal sealed class HandshakeIo : IDisposable
{
    private readonly CollectiveGroup _group;
    private readonly int _peer;
    private readonly Socket _socket;
    private readonly LinkTransport _transport;
    private readonly long _deadline;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly WakeUp _wakeUp = new();
    private readonly Poller _poller = new();

    public HandshakeIo(CollectiveGroup group, int peer, Socket socket, long deadline, CancellationToken cancellation)
    {
        (_group, _peer, _socket, _deadline, _cancellation) = (group, peer, socket, deadline, cancellation);
        _transport = LinkTransport.Over(socket); // not disposed: the socket goes on
        _registration = cancellation.UnsafeRegister(static w => ((WakeUp)w!).Set(), _wakeUp);
    }

    public byte[] Read(int length)
    {
        var message = new byte[length];
        for (var done = 0; done < length; )
        {
            var received = _transport.Receive(message.AsSpan(done), []);
            done += Checked(received);
            if (received == 0)
                Wait(read: true);
        }
        return message;
    }

    public void Write(ReadOnlySpan<byte> message)
    {
        while (!message.IsEmpty)
        {
            var sent = Checked(_transport.Send(message, []));
            message = message[sent..];
            if (sent == 0)
                Wait(read: false);
        }
    }

    /// <summary>The connector's part: makes memory to share, if it may; gives it where the acceptor has it too.</summary>
    public SharedMemory? OfferMemory(bool may)
    {
        var path = "";
        var memory = may ? SharedMemory.TryMake(out path) : null;
        var isShared = false;
        try
        {
            var name = Encoding.UTF8.GetBytes(memory is null ? "" : path);
            Write([(byte)name.Length, .. name]);
            isShared = memory is not null && Read(1)[0] == 1;
            return isShared ? memory : null;
        }
        finally
        {
            if (memory is not null)
                File.Delete(path); // both have it, or nobody will
            if (!isShared)
                memory?.Dispose();
        }
    }

    /// <summary>The acceptor's part: opens what is offered, and says whether it could.</summary>
    public SharedMemory? TakeMemory()
    {
        var length = Read(1)[0];
        if (length == 0)
            return null;
        var memory = SharedMemory.TryOpen(Encoding.UTF8.GetString(Read(length)));
        Write([(byte)(memory is null ? 0 : 1)]);
        return memory;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _wakeUp.Dispose();
    }

    private int Checked(int moved) =>
        moved >= 0
            ? moved
            : throw _group.Failure(
                _peer,
                $"closed the connection while it was greeted ({_transport.Error ?? "in order"})."
            );

    private void Wait(bool read)
    {
        _cancellation.ThrowIfCancellationRequested();
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _deadline);
        if (left <= TimeSpan.Zero)
            throw _group.Failure(_peer, "did not answer in time.", failure: CollectiveFailure.Unreachable);
        _poller.Clear();
        _poller.Add(_wakeUp.Socket, read: true, write: false);
        _poller.Add(_socket, read, !read);
        _poller.Wait(left);
    }
}
