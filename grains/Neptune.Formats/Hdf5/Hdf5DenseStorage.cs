namespace Neptune.Formats;

/// <summary>
/// Many links or attributes of one object, as newer files keep them: their messages in a fractal heap (III.G of the
/// specification), found by a tree of version 2 (III.A.2).
/// </summary>
internal sealed class Hdf5DenseStorage
{
    private const int DeepestTree = 16;
    private const int LinkRecords = 5;
    private const int AttributeRecords = 8;

    private readonly Hdf5Input _input;
    private readonly long _heap;
    private readonly int _offsetBytes;
    private readonly int _lengthBytes;
    private readonly int _width;
    private readonly long _startBlock;
    private readonly long _directLimit;
    private readonly long _root;
    private readonly int _rootRows;
    private readonly int _heapIdBytes;

    private Hdf5DenseStorage(Hdf5Input input, long heap)
    {
        (_input, _heap) = (input, heap);
        var cursor = new Hdf5Cursor(input, input.ReadUpTo(heap, 256));
        cursor.Signature("FRHP"u8);
        cursor.Skip(1);
        _heapIdBytes = cursor.UInt16();
        if (cursor.UInt16() != 0)
        {
            throw Unknown("is packed");
        }
        cursor.Skip(1);
        var mostManaged = cursor.UInt32();
        var (o, l) = input.Sizes;
        cursor.Skip((8 * l) + (2 * o) + (2 * l)); // huge, free and managed counts, and the tree of huge objects
        _width = cursor.UInt16();
        (_startBlock, _directLimit) = (cursor.Length(), cursor.Length());
        var heapBits = cursor.UInt16();
        cursor.Skip(2);
        _root = cursor.Address();
        _rootRows = cursor.UInt16();
        if (_width == 0 || _startBlock <= 0 || _directLimit < _startBlock || heapBits is 0 or > 64)
        {
            throw Damaged();
        }
        _offsetBytes = (heapBits + 7) / 8;
        _lengthBytes = BytesFor(Math.Min(_directLimit, mostManaged));
    }

    /// <summary>The messages, in the order of their names' hashes.</summary>
    /// <param name="input">The file.</param>
    /// <param name="heap">The heap's address.</param>
    /// <param name="tree">The address of the tree by name.</param>
    /// <param name="isOfLinks">True for links, false for attributes.</param>
    public static List<byte[]> Read(Hdf5Input input, long heap, long tree, bool isOfLinks)
    {
        var storage = new Hdf5DenseStorage(input, heap);
        var messages = new List<byte[]>();
        storage.ReadTree(tree, isOfLinks, messages);
        return messages;
    }

    private void ReadTree(long address, bool isOfLinks, List<byte[]> messages)
    {
        var head = new Hdf5Cursor(_input, _input.ReadUpTo(address, 64));
        head.Signature("BTHD"u8);
        head.Skip(1);
        var kind = head.Byte();
        var (nodeBytes, recordBytes, depth) = (head.UInt32(), head.UInt16(), head.UInt16());
        head.Skip(2);
        var (root, records) = (head.Address(), head.UInt16());
        var idAt = isOfLinks ? 4 : 0;
        if (
            kind != (isOfLinks ? LinkRecords : AttributeRecords)
            || depth > DeepestTree
            || recordBytes < idAt + _heapIdBytes
            || nodeBytes < 16
        )
        {
            throw Damaged();
        }
        if (records > 0)
        {
            var sizes = Sizes(nodeBytes, recordBytes, depth);
            ReadNode(root, records, depth, recordBytes, idAt, sizes, messages);
        }
    }

    // How many bytes the counts beside a child's address have, for nodes of each depth.
    private static List<(int Count, int Total)> Sizes(long nodeBytes, int recordBytes, int depth)
    {
        var most = Math.Max(1, (nodeBytes - 10) / recordBytes);
        var total = most;
        var sizes = new List<(int, int)> { (0, 0) };
        for (var level = 1; level <= depth; level++)
        {
            var pointer = (Count: BytesFor(most), Total: level == 1 ? 0 : BytesFor(total));
            sizes.Add(pointer);
            var here = Math.Max(
                1,
                (nodeBytes - 10 - 8 - pointer.Count - pointer.Total) / (recordBytes + 8 + pointer.Count + pointer.Total)
            );
            total = Math.Min(long.MaxValue / 4, ((here + 1) * Math.Min(total, long.MaxValue / 8 / (here + 1))) + here);
            most = here;
        }
        return sizes;
    }

    private void ReadNode(
        long address,
        int records,
        int depth,
        int recordBytes,
        int idAt,
        List<(int Count, int Total)> sizes,
        List<byte[]> messages
    )
    {
        var (count, total) = sizes[depth];
        var pointers = depth == 0 ? 0 : (long)(records + 1) * (_input.Sizes.Offset + count + total);
        var cursor = new Hdf5Cursor(_input, _input.Read(address, 6 + ((long)records * recordBytes) + pointers));
        cursor.Signature(depth == 0 ? "BTLF"u8 : "BTIN"u8);
        cursor.Skip(2);
        for (var i = 0; i < records; i++)
        {
            messages.Add(Find(cursor.Bytes(recordBytes).Slice(idAt, _heapIdBytes)));
        }
        for (var i = 0; depth > 0 && i <= records; i++)
        {
            var child = cursor.Address();
            var inner = cursor.Number(count);
            cursor.Skip(total);
            if (inner is < 0 or > ushort.MaxValue)
            {
                throw Damaged();
            }
            ReadNode(child, (int)inner, depth - 1, recordBytes, idAt, sizes, messages);
        }
    }

    private byte[] Find(ReadOnlySpan<byte> id)
    {
        var cursor = new Hdf5Cursor(_input, id);
        if ((cursor.Byte() & 0x30) != 0)
        {
            throw Unknown("holds an entry that is very long or very short");
        }
        var (offset, length) = (cursor.Number(_offsetBytes), cursor.Number(_lengthBytes));
        if (offset < 0 || length < 0)
        {
            throw Damaged();
        }
        return _rootRows == 0
            ? _input.Read(_root + offset, length)
            : FindIn(_root, _rootRows, 0, offset, length, DeepestTree);
    }

    // Rows of blocks: two of the first size, then each of twice the size before. Those beyond a limit are tables again.
    private byte[] FindIn(long table, int rows, long start, long offset, long length, int depth)
    {
        if (depth == 0 || rows > 64)
        {
            throw Damaged();
        }
        var at = start;
        for (var row = 0; row < rows; row++)
        {
            var size = row < 2 ? _startBlock : _startBlock << Math.Min(row - 1, 62);
            if (size <= 0 || size > long.MaxValue / 2 / _width)
            {
                throw Damaged();
            }
            if (offset < at + (size * _width))
            {
                var column = (offset - at) / size;
                var entry =
                    5 + _input.Sizes.Offset + _offsetBytes + (((row * (long)_width) + column) * _input.Sizes.Offset);
                var child = new Hdf5Cursor(_input, _input.Read(table + entry, _input.Sizes.Offset)).Address();
                var childStart = at + (column * size);
                if (size <= _directLimit)
                {
                    return _input.Read(child + (offset - childStart), length);
                }
                var childRows = 1;
                for (var covered = _startBlock * _width; covered < size; childRows++)
                {
                    covered *= 2;
                }
                return FindIn(child, childRows, childStart, offset, length, depth - 1);
            }
            at += size * _width;
        }
        throw Damaged();
    }

    private static int BytesFor(long most)
    {
        var bytes = 1;
        for (; bytes < 8 && most >> (8 * bytes) > 0; bytes++) { }
        return bytes;
    }

    private ModelFileException Damaged() => _input.Damaged($"the heap of links or attributes at {_heap} is damaged");

    private ModelFileException Unknown(string what) =>
        _input.Unknown($"the heap of links or attributes at {_heap} {what}", "Save it with h5py's default settings.");
}
