using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A dataset cut into equal boxes, found by a tree of version 1, or a single one (VII.A of the specification).</summary>
internal sealed class Hdf5Chunks
{
    private const int DeepestTree = 32;

    private readonly Hdf5Input _input;
    private readonly string _path;
    private readonly ImmutableArray<long> _lengths;
    private readonly int _elementSize;
    private readonly long[] _chunk;
    private readonly long _address;
    private readonly bool _isSingle;
    private readonly (long Size, long Skipped)? _packed;

    private Hdf5Chunks(
        Hdf5Input input,
        string path,
        ImmutableArray<long> lengths,
        int elementSize,
        long[] chunk,
        long address,
        bool isSingle,
        (long, long)? packed
    )
    {
        (_input, _path, _lengths, _elementSize) = (input, path, lengths, elementSize);
        (_chunk, _address, _isSingle, _packed) = (chunk, address, isSingle, packed);
    }

    /// <summary>Reads the rest of a layout message, behind version and class.</summary>
    public static Hdf5Chunks Of(
        Hdf5Input input,
        string path,
        int version,
        ref Hdf5Cursor cursor,
        ImmutableArray<long> lengths,
        int elementSize
    )
    {
        var flags = version == 4 ? cursor.Byte() : 0;
        var rank = cursor.Byte() - 1;
        if (rank != lengths.Length)
        {
            throw input.Damaged($"chunks of {path} have {rank} dimensions, and it has {lengths.Length}");
        }
        var (address, isSingle, size) = (0L, false, 4);
        if (version == 3)
        {
            address = cursor.Address();
        }
        else
        {
            size = cursor.Byte();
            if (size is < 1 or > 8)
            {
                throw input.Damaged($"lengths of chunks of {path} have {size} bytes");
            }
        }
        var chunk = new long[rank];
        foreach (ref var length in chunk.AsSpan())
        {
            length = cursor.Number(size);
        }
        cursor.Skip(size); // an element's bytes
        (long, long)? packed = null;
        if (version == 4)
        {
            if (cursor.Byte() != 1)
            {
                throw input.Unknown(
                    $"the chunks of {path} are found by an index that is not known",
                    "Save it with h5py's default settings."
                );
            }
            isSingle = true;
            packed = (flags & 2) != 0 ? (cursor.Length(), cursor.UInt32()) : null;
            address = cursor.Address();
        }
        var bytes = chunk.Aggregate((Int128)elementSize, (all, n) => n > 0 && all < int.MaxValue ? all * n : -1);
        var most = ((Int128)input.Length * 32) + (1 << 20);
        return bytes > 0 && bytes <= Int128.Min(most, Array.MaxLength)
            ? new(input, path, lengths, elementSize, chunk, address, isSingle, packed)
            : throw input.Damaged(
                $"a chunk of {path} is ({string.Join(", ", chunk)}), in a file of {input.Length} bytes"
            );
    }

    /// <summary>All elements; those of chunks that are not there are zeros.</summary>
    public byte[] Read(Hdf5Filters filters, int bytes)
    {
        var target = new byte[bytes];
        var chunkBytes = (int)_chunk.Aggregate((long)_elementSize, (all, n) => all * n);
        if (_address == Hdf5Cursor.Undefined)
        {
            return target;
        }
        if (_isSingle)
        {
            var packed = _packed ?? (chunkBytes, 0);
            Copy(filters, packed.Size, packed.Skipped, _address, chunkBytes, new long[_chunk.Length], target);
            return target;
        }
        ReadTree(filters, _address, chunkBytes, target, DeepestTree);
        return target;
    }

    private void ReadTree(Hdf5Filters filters, long address, int chunkBytes, byte[] target, int depth)
    {
        var head = new Hdf5Cursor(_input, _input.Read(address, 8));
        head.Signature("TREE"u8);
        var (kind, level, count) = (head.Byte(), head.Byte(), head.UInt16());
        if (kind != 1 || depth == 0)
        {
            throw _input.Damaged($"the tree of chunks at {address} is none");
        }
        var offset = _input.Sizes.Offset;
        var keyBytes = 8 + (8 * (_chunk.Length + 1));
        var entries = new Hdf5Cursor(
            _input,
            _input.Read(address + 8 + (2 * offset), (long)count * (keyBytes + offset))
        );
        var place = new long[_chunk.Length];
        for (var i = 0; i < count; i++)
        {
            var (size, skipped) = (entries.UInt32(), entries.UInt32());
            foreach (ref var at in place.AsSpan())
            {
                at = entries.Number(8);
            }
            entries.Skip(8);
            var child = entries.Address();
            if (level > 0)
            {
                ReadTree(filters, child, chunkBytes, target, depth - 1);
            }
            else
            {
                Copy(filters, size, skipped, child, chunkBytes, place, target);
            }
        }
    }

    private void Copy(
        Hdf5Filters filters,
        long size,
        long skipped,
        long address,
        int chunkBytes,
        long[] place,
        byte[] target
    )
    {
        for (var d = 0; d < place.Length; d++)
        {
            if (place[d] < 0 || place[d] >= _lengths[d] || place[d] % _chunk[d] != 0)
            {
                throw _input.Damaged($"a chunk of {_path} stands at ({string.Join(", ", place)}), where none can be");
            }
        }
        var elements = filters.Undo(_input.Read(address, size), skipped, chunkBytes, _path);
        CopyRows(elements, place, target, 0, 0, 0);
    }

    // What of a chunk reaches over the dataset's end is left out.
    private void CopyRows(byte[] elements, long[] place, byte[] target, int dimension, long from, long to)
    {
        if (dimension == place.Length)
        {
            elements.AsSpan((int)from * _elementSize, _elementSize).CopyTo(target.AsSpan((int)to * _elementSize));
            return;
        }
        var count = Math.Min(_chunk[dimension], _lengths[dimension] - place[dimension]);
        if (dimension == place.Length - 1)
        {
            var (source, goal) = (
                (from * _chunk[dimension]) * _elementSize,
                ((to * _lengths[dimension]) + place[dimension]) * _elementSize
            );
            elements.AsSpan((int)source, (int)count * _elementSize).CopyTo(target.AsSpan((int)goal));
            return;
        }
        for (var i = 0L; i < count; i++)
        {
            CopyRows(
                elements,
                place,
                target,
                dimension + 1,
                (from * _chunk[dimension]) + i,
                (to * _lengths[dimension]) + place[dimension] + i
            );
        }
    }
}
