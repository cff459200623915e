namespace Neptune.Collectives;

/// <summary>
/// Bytes from one thread to another through memory that both see, be they of one process or of two. The counters lie in that
/// memory, each in a cache line of its own; what another process writes there is never trusted further than the ring's bounds.
/// </summary>
/// <param name="start"><see cref="SizeFor"/> bytes, zero at first; kept alive by the caller.</param>
/// <param name="capacity">Bytes that can be under way.</param>
internal sealed unsafe class Ring(byte* start, int capacity)
{
    private const int ControlSize = 4096;

    private readonly long* _written = (long*)start;
    private readonly long* _read = (long*)(start + 64);
    private readonly int* _readerAsleep = (int*)(start + 128);
    private readonly int* _writerAsleep = (int*)(start + 192);
    private readonly byte* _data = start + ControlSize;

    public bool HasBytes => Used > 0;

    public bool HasRoom => Used < capacity;

    private int Used => (int)Math.Clamp(Volatile.Read(ref *_written) - Volatile.Read(ref *_read), 0, capacity);

    public static int SizeFor(int capacity) => ControlSize + capacity;

    public int Write(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, capacity - Used);
        var at = (int)((ulong)*_written % (uint)capacity);
        var first = Math.Min(count, capacity - at);
        bytes[..first].CopyTo(new(_data + at, first));
        bytes[first..count].CopyTo(new(_data, count - first));
        Volatile.Write(ref *_written, *_written + count);
        return count;
    }

    public int Read(Span<byte> bytes)
    {
        var count = Math.Min(bytes.Length, Used);
        var at = (int)((ulong)*_read % (uint)capacity);
        var first = Math.Min(count, capacity - at);
        new ReadOnlySpan<byte>(_data + at, first).CopyTo(bytes);
        new ReadOnlySpan<byte>(_data, count - first).CopyTo(bytes[first..]);
        Volatile.Write(ref *_read, *_read + count);
        return count;
    }

    /// <summary>The reader is about to wait: it must look once more after this.</summary>
    public void AnnounceReader(bool isAsleep) => Interlocked.Exchange(ref *_readerAsleep, isAsleep ? 1 : 0);

    /// <summary>The writer is about to wait: it must look once more after this.</summary>
    public void AnnounceWriter(bool isAsleep) => Interlocked.Exchange(ref *_writerAsleep, isAsleep ? 1 : 0);

    /// <summary>After a write: true where the reader must be woken, once.</summary>
    public bool MustWakeReader() => MustWake(ref *_readerAsleep);

    /// <summary>After a read: true where the writer must be woken, once.</summary>
    public bool MustWakeWriter() => MustWake(ref *_writerAsleep);

    private static bool MustWake(ref int asleep)
    {
        Interlocked.MemoryBarrier(); // what was moved is seen before the other's last look, or its announcement is seen here
        return Volatile.Read(ref asleep) != 0 && Interlocked.Exchange(ref asleep, 0) != 0;
    }
}
