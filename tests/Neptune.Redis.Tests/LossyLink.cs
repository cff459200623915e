using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Neptune.Redis.Tests;

/// <summary>
/// A cable between two network devices, one at each end, that delays and loses what is sent into the first: what netem does,
/// for kernels without it. The devices are there as long as the object is, in whatever namespaces they are moved to.
/// </summary>
internal sealed partial class LossyLink : IDisposable
{
    private const int MostBytes = 65_536; // of a frame, with what the kernel may put together
    private const nuint CreateDevice = 0x400454ca; // TUNSETIFF
    private const short EthernetWithoutHeader = 0x1002; // IFF_TAP | IFF_NO_PI
    private const short Readable = 1;
    private const int ReadWrite = 2;
    private const int PollMilliseconds = 50;

    private readonly TimeSpan _delay;
    private readonly double _loss;
    private readonly Random _random;
    private readonly int _first;
    private readonly int _second;
    private readonly Queue<(long Due, byte[] Frame)> _late = [];
    private readonly Thread[] _threads;
    private volatile bool _ended;

    /// <summary>Makes both devices, in this process's namespace.</summary>
    /// <param name="first">The name of the device whose frames suffer; at most 15 letters.</param>
    /// <param name="second">The name of the other.</param>
    /// <param name="delay">Each frame's.</param>
    /// <param name="loss">The share of frames that get lost.</param>
    /// <param name="seed">Which.</param>
    public LossyLink(string first, string second, TimeSpan delay, double loss, int seed)
    {
        (_delay, _loss, _random) = (delay, loss, new(seed));
        _first = Create(first);
        _second = Create(second);
        _threads =
        [
            new(Take) { IsBackground = true },
            new(Deliver) { IsBackground = true },
            new(Return) { IsBackground = true },
        ];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Frames that it has lost.</summary>
    public int Lost { get; private set; }

    public void Dispose()
    {
        _ended = true;
        lock (_late)
        {
            Monitor.PulseAll(_late);
        }
        foreach (var thread in _threads)
        {
            thread.Join();
        }
        _ = Close(_first);
        _ = Close(_second);
    }

    private void Take()
    {
        var buffer = new byte[MostBytes];
        while (TryRead(_first, buffer) is { } length)
        {
            if (_random.NextDouble() < _loss)
            {
                Lost++;
                continue;
            }
            var due = Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency);
            lock (_late)
            {
                _late.Enqueue((due, buffer[..length]));
                Monitor.PulseAll(_late);
            }
        }
    }

    private void Deliver()
    {
        while (!_ended)
        {
            byte[]? frame = null;
            lock (_late)
            {
                var left = _late.TryPeek(out var next)
                    ? Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next.Due)
                    : Timeout.InfiniteTimeSpan;
                if (_late.Count > 0 && left <= TimeSpan.Zero)
                {
                    frame = _late.Dequeue().Frame;
                }
                else if (!_ended)
                {
                    Monitor.Wait(_late, left);
                }
            }
            if (frame is not null)
            {
                _ = Write(_second, frame, (nuint)frame.Length); // a device that is down takes nothing
            }
        }
    }

    private void Return()
    {
        var buffer = new byte[MostBytes];
        while (TryRead(_second, buffer) is { } length)
        {
            _ = Write(_first, buffer, (nuint)length);
        }
    }

    // Null once the link has ended.
    private int? TryRead(int device, byte[] buffer)
    {
        while (!_ended)
        {
            var waited = new PollEntry { Device = device, Events = Readable };
            if (Poll(ref waited, 1, PollMilliseconds) > 0)
            {
                var length = (int)Read(device, buffer, (nuint)buffer.Length);
                if (length > 0)
                {
                    return length;
                }
                var nothing = new PollEntry { Device = -1 }; // the device is down, or on its way to another namespace
                _ = Poll(ref nothing, 1, PollMilliseconds);
            }
        }
        return null;
    }

    private static int Create(string name)
    {
        var device = Open("/dev/net/tun", ReadWrite);
        if (device < 0)
        {
            throw new Win32Exception();
        }
        var request = new byte[40]; // struct ifreq
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(16), EthernetWithoutHeader);
        if (Control(device, CreateDevice, request) < 0)
        {
            var error = new Win32Exception();
            _ = Close(device);
            throw error;
        }
        return device;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Device;
        public short Events;
        public short Found;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int device, nuint request, [In, Out] byte[] argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entry, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int device, [Out] byte[] buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int device, byte[] buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int device);
}
