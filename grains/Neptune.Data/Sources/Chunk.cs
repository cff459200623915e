using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Neptune.Data;

/// <summary>The bytes of a chunk: in memory, or mapped from a file, which the system reads and forgets as it likes.</summary>
public abstract class Chunk
{
    /// <summary>All bytes.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>A chunk in memory.</summary>
    public static Chunk Of(byte[] bytes) => new InMemory(bytes);

    /// <summary>A chunk that stays on the disk. The file must not change any more; it may be deleted.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Chunk Map(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (file.Length == 0)
        {
            return new InMemory([]);
        }
        if (file.Length > int.MaxValue)
        {
            throw new InvalidDataException(
                $"'{path}' has {file.Length} bytes; a chunk has at most {int.MaxValue}. Import the data set again."
            );
        }
        using var mapping = MemoryMappedFile.CreateFromFile(
            file,
            null,
            0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            leaveOpen: true
        );
        return new Mapped(mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read), (int)file.Length);
    }

    private sealed class InMemory(byte[] bytes) : Chunk
    {
        public override ReadOnlySpan<byte> Bytes => bytes;
    }

    // The view's handle unmaps it when nobody holds this object any more.
    private sealed unsafe class Mapped : Chunk
    {
        private readonly MemoryMappedViewAccessor _view;
        private readonly byte* _start;
        private readonly int _length;

        public Mapped(MemoryMappedViewAccessor view, int length)
        {
            _view = view;
            _length = length;
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            _start = start + view.PointerOffset;
        }

        ~Mapped() => _view.SafeMemoryMappedViewHandle.ReleasePointer();

        public override ReadOnlySpan<byte> Bytes =>
            MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.AsRef<byte>(_start), _length);
    }
}
