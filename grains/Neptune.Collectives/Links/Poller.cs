using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Neptune.Collectives;

/// <summary>Waits for many sockets at once. Fill it anew before each wait; nothing is allocated once it is warm.</summary>
internal sealed class Poller
{
    private readonly List<Socket> _reads = [];
    private readonly List<Socket> _writes = [];
    private readonly List<Socket> _entries = [];
    private NativeSockets.PollEntry[] _native = GC.AllocateArray<NativeSockets.PollEntry>(32, pinned: true);
    private int _count;

    public void Clear()
    {
        _count = 0;
        _entries.Clear();
        _reads.Clear();
        _writes.Clear();
    }

    /// <summary>Adds a socket to wait for, and gives its number.</summary>
    public int Add(Socket socket, bool read, bool write)
    {
        if (OperatingSystem.IsWindows())
        {
            _entries.Add(socket);
            if (read)
                _reads.Add(socket);
            if (write)
                _writes.Add(socket);
        }
        else
        {
            AddNative((int)socket.Handle, read, write);
        }
        return _count++;
    }

    /// <summary>Waits until one is ready, or the time is over.</summary>
    public void Wait(TimeSpan timeout)
    {
        // Rounded up: a wait that ends a little early would be repeated at once.
        var milliseconds = (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue);
        if (OperatingSystem.IsWindows())
            Socket.Select(_reads, _writes, null, TimeSpan.FromMilliseconds(milliseconds));
        else
            WaitNative(milliseconds);
    }

    /// <summary>After a wait: true where a read gives something, an end or an error included.</summary>
    public bool CanRead(int number) =>
        OperatingSystem.IsWindows()
            ? _reads.Contains(_entries[number])
            : (_native[number].Returned & ~NativeSockets.PollOut) != 0;

    /// <summary>After a wait: true where a write takes something, or fails.</summary>
    public bool CanWrite(int number) =>
        OperatingSystem.IsWindows()
            ? _writes.Contains(_entries[number])
            : (_native[number].Returned & ~NativeSockets.PollIn) != 0;

    [UnsupportedOSPlatform("windows")]
    private void AddNative(int descriptor, bool read, bool write)
    {
        if (_count == _native.Length)
        {
            var larger = GC.AllocateArray<NativeSockets.PollEntry>(_count * 2, pinned: true);
            _native.CopyTo(larger, 0);
            _native = larger;
        }
        _native[_count] = new()
        {
            Descriptor = descriptor,
            Events = (short)((read ? NativeSockets.PollIn : 0) | (write ? NativeSockets.PollOut : 0)),
        };
    }

    [UnsupportedOSPlatform("windows")]
    private unsafe void WaitNative(int milliseconds)
    {
        fixed (NativeSockets.PollEntry* entries = _native)
        {
            if (NativeSockets.Poll(entries, (nuint)_count, milliseconds) >= 0)
                return;
            for (var i = 0; i < _count; i++) // disturbed by a signal: nothing is known to be ready
                entries[i].Returned = 0;
        }
    }
}
