using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Neptune.Collectives;

/// <summary>A ring of bytes between two threads of this process.</summary>
internal sealed unsafe class MemoryPipe
{
    private readonly byte[] _memory; // pinned; kept alive for the ring
    private bool _closed;

    public MemoryPipe(int capacity)
    {
        _memory = GC.AllocateArray<byte>(Ring.SizeFor(capacity), pinned: true);
        Ring = new((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory)), capacity);
    }

    public Ring Ring { get; }

    /// <summary>Whom to wake when bytes were written; null until it has come.</summary>
    public Sleeper? Reader { get; set; }

    /// <summary>Whom to wake when room was made; null until it has come.</summary>
    public Sleeper? Writer { get; set; }

    public bool IsClosed => Volatile.Read(ref _closed);

    public int Write(ReadOnlySpan<byte> bytes)
    {
        var count = Ring.Write(bytes);
        GC.KeepAlive(_memory);
        return count;
    }

    public int Read(Span<byte> bytes)
    {
        var count = Ring.Read(bytes);
        GC.KeepAlive(_memory);
        return count;
    }

    public void Close()
    {
        Volatile.Write(ref _closed, true);
        Reader?.Wake();
        Writer?.Wake();
    }
}
