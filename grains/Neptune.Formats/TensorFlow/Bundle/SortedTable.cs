using System.Buffers.Binary;
using System.Text;

namespace Neptune.Formats;

/// <summary>
/// Reads a table of LevelDB (https://github.com/google/leveldb/blob/main/doc/table_format.md), which TensorFlow keeps the
/// index of a checkpoint in: data blocks, an index block that says where they are, a footer that says where that is.
/// </summary>
internal sealed class SortedTable
{
    private const ulong Magic = 0xDB4775248B80FB57;
    private const int FooterBytes = 48;
    private const int TrailerBytes = 5; // the kind of compression, then the checksum
    private const int MostBlocks = 1 << 16;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _file;
    private long _budget; // bytes of keys and of unpacked blocks

    private SortedTable(ReadOnlyMemory<byte> bytes, string file)
    {
        _bytes = bytes;
        _file = file;
        _budget = (64L * bytes.Length) + (1 << 16);
    }

    /// <summary>The table's entries, in the order of their keys.</summary>
    /// <exception cref="ModelFileException">The bytes are no sound table.</exception>
    public static List<KeyValuePair<string, ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> bytes, string file) =>
        new SortedTable(bytes, file).Read();

    private List<KeyValuePair<string, ReadOnlyMemory<byte>>> Read()
    {
        if (
            _bytes.Length < FooterBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(_bytes.Span[^sizeof(ulong)..]) != Magic
        )
        {
            throw Error(
                Math.Max(0, _bytes.Length - FooterBytes),
                "the footer of a TensorFlow checkpoint's index is missing. The file is cut off, or of another kind"
            );
        }
        var position = _bytes.Length - FooterBytes;
        var end = _bytes.Length - sizeof(ulong);
        _ = Handle(_bytes.Span, ref position, end); // of metadata, of which TensorFlow writes none
        var (start, size) = Handle(_bytes.Span, ref position, end);
        var entries = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var blocks = Entries(Block(start, size), start);
        if (blocks.Count > MostBlocks)
        {
            throw Error(start, $"it has {blocks.Count} blocks, and at most {MostBlocks} are read");
        }
        foreach (var (_, handle) in blocks)
        {
            var at = 0;
            var (blockStart, blockSize) = Handle(handle.Span, ref at, handle.Length);
            entries.AddRange(Entries(Block(blockStart, blockSize), blockStart));
        }
        return entries;
    }

    private ReadOnlyMemory<byte> Block(long start, long size)
    {
        if (start > _bytes.Length || size > _bytes.Length - start - TrailerBytes)
        {
            throw Error(
                start,
                $"a block of {size} bytes should begin here, and the file has {_bytes.Length}. It is damaged"
            );
        }
        var block = _bytes.Slice((int)start, (int)size);
        var trailer = _bytes.Span.Slice((int)(start + size), TrailerBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer[1..]) != Crc32C.Masked(block.Span, trailer[..1]))
        {
            throw Error(start, "the checksum of the block that begins here is wrong. The file is damaged");
        }
        switch (trailer[0])
        {
            case 0:
                return block;
            case 1:
                var unpacked =
                    SnappyBlock.TryUnpack(block.Span)
                    ?? throw Error(start, "the block that begins here is packed by Snappy, and damaged");
                Spend(unpacked.Length, start);
                return unpacked;
            default:
                throw Error(start, $"the block that begins here is packed in a way that is not known ({trailer[0]})");
        }
    }

    // Entries share the first bytes of their key with the entry before; the places where none are shared stand at the end.
    private List<KeyValuePair<string, ReadOnlyMemory<byte>>> Entries(ReadOnlyMemory<byte> block, long start)
    {
        var span = block.Span;
        var restarts = span.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(span[^4..]) : 0;
        if (span.Length < 4 || restarts > (uint)(span.Length - 4) / 4)
        {
            throw Error(start, "the block that begins here has no end. The file is damaged");
        }
        var end = span.Length - 4 - (4 * (int)restarts);
        var entries = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var key = new List<byte>();
        for (var position = 0; position < end; )
        {
            var shared = Varint(span, ref position, end);
            var fresh = Varint(span, ref position, end);
            var length = Varint(span, ref position, end);
            if (shared > key.Count || fresh > end - position || length > end - position - fresh)
            {
                throw Error(
                    start,
                    "an entry of the block that begins here is longer than the block. The file is damaged"
                );
            }
            key.RemoveRange((int)shared, key.Count - (int)shared);
            key.AddRange(span.Slice(position, (int)fresh));
            Spend(key.Count, start);
            position += (int)fresh;
            entries.Add(new(Encoding.UTF8.GetString([.. key]), block.Slice(position, (int)length)));
            position += (int)length;
        }
        return entries;
    }

    private void Spend(long bytes, long start)
    {
        _budget -= bytes;
        if (_budget < 0)
        {
            throw Error(start, "it unpacks to far more than it should. The file is damaged");
        }
    }

    private (long Start, long Size) Handle(ReadOnlySpan<byte> span, ref int position, int end) =>
        (Varint(span, ref position, end), Varint(span, ref position, end));

    private long Varint(ReadOnlySpan<byte> span, ref int position, int end)
    {
        var value = 0L;
        for (var shift = 0; shift < 35 && position < end; shift += 7)
        {
            var next = span[position++];
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw Error(position, "a number has no end, or is greater than the file. The file is damaged");
    }

    private ModelFileException Error(long position, string problem) => new($"{_file}: byte {position}: {problem}.");
}
