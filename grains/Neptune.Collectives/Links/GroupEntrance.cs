using System.Diagnostics;
using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>Where the higher ranks' connections to one rank of a group arrive. Safe for all threads.</summary>
internal sealed class GroupEntrance(CollectiveGroup group, Action closed) : IDisposable
{
    private readonly object _gate = new();
    private readonly Socket?[] _arrived = new Socket?[group.Members.Count];
    private readonly bool[] _seen = new bool[group.Members.Count];
    private bool _disposed;

    public ReadOnlySpan<byte> Token => group.Token.Span;

    /// <summary>Marks a rank's place as taken; false where nobody is expected from there.</summary>
    public bool TryReserve(int rank)
    {
        lock (_gate)
        {
            if (_disposed || rank <= group.Rank || rank >= _seen.Length || _seen[rank])
                return false;
            _seen[rank] = true;
            return true;
        }
    }

    /// <summary>Hands over a reserved rank's connection, which has been welcomed.</summary>
    public void Deliver(int rank, Socket socket)
    {
        lock (_gate)
        {
            if (_disposed)
                socket.Dispose();
            else
                _arrived[rank] = socket;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for a rank's connection, which then belongs to the caller.</summary>
    /// <exception cref="CollectiveAbortedException">It did not come in time.</exception>
    public Socket Take(int rank, long deadline, CancellationToken cancellation)
    {
        using var registration = cancellation.UnsafeRegister(
            static gate =>
            {
                lock (gate!)
                    Monitor.PulseAll(gate);
            },
            _gate
        );
        lock (_gate)
        {
            while (_arrived[rank] is null)
            {
                cancellation.ThrowIfCancellationRequested();
                var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
                if (left <= TimeSpan.Zero)
                    throw group.Failure(rank, "did not connect in time.", failure: CollectiveFailure.Unreachable);
                Monitor.Wait(_gate, left);
            }
            var socket = _arrived[rank]!;
            _arrived[rank] = null;
            return socket;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (var socket in _arrived)
                socket?.Dispose();
        }
        closed();
    }
}
