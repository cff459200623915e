namespace Neptune.Collectives;

/// <summary>A ring of bytes from one thread to another.</summary>
internal sealed class MemoryPipe(int capacity)
{
    private readonly byte[] _ring = new byte[capacity];
    private long _written;
    private long _read;
    private bool _closed;

    /// <summary>Whom to wake when bytes were written; null until it has come.</summary>
    public Sleeper? Reader { get; set; }

    /// <summary>Whom to wake when room was made; null until it has come.</summary>
    public Sleeper? Writer { get; set; }

    public bool IsClosed => Volatile.Read(ref _closed);

    public bool HasBytes => Volatile.Read(ref _written) != Volatile.Read(ref _read);

    public bool HasRoom => Volatile.Read(ref _written) - Volatile.Read(ref _read) < _ring.Length;

    public int Write(ReadOnlySpan<byte> bytes)
    {
        var written = _written;
        var count = (int)Math.Min(bytes.Length, _ring.Length - (written - Volatile.Read(ref _read)));
        var at = (int)(written % _ring.Length);
        var first = Math.Min(count, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..count].CopyTo(_ring);
        Volatile.Write(ref _written, written + count);
        return count;
    }

    public int Read(Span<byte> bytes)
    {
        var read = _read;
        var count = (int)Math.Min(bytes.Length, Volatile.Read(ref _written) - read);
        var at = (int)(read % _ring.Length);
        var first = Math.Min(count, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(bytes);
        _ring.AsSpan(0, count - first).CopyTo(bytes[first..]);
        Volatile.Write(ref _read, read + count);
        return count;
    }

    public void Close()
    {
        Volatile.Write(ref _closed, true);
        Reader?.Wake();
        Writer?.Wake();
    }
}
