using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Neptune.Formats.Tests;

/// <summary>Writes checkpoints: the index, which is a table of LevelDB, and data files.</summary>
internal static class TensorFlowBundleWriter
{
    private const ulong Magic = 0xDB4775248B80FB57;

    /// <summary>Writes tensors of float32 into data files, one after the other in turn.</summary>
    public static void Write(
        string folder,
        int shards,
        IEnumerable<(string Key, long[] Shape, float[] Elements)> tensors,
        byte[]? objectGraph = null
    )
    {
        Directory.CreateDirectory(folder);
        var files = Enumerable.Range(0, shards).Select(_ => new MemoryStream()).ToArray();
        var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [""] = new ProtobufWriter().Int64(1, shards).ToArray(),
        };
        var next = 0;
        foreach (var (key, shape, elements) in tensors)
        {
            var bytes = MemoryMarshal.AsBytes(elements.AsSpan()).ToArray();
            entries[key] = Entry(1, shape, next % shards, files[next % shards], bytes, Crc32C.Masked(bytes));
            next++;
        }
        if (objectGraph is not null)
        {
            byte[] length = [.. Varint(objectGraph.Length)];
            byte[] text = [.. length, 0, 0, 0, 0, .. objectGraph];
            entries["_CHECKPOINTABLE_OBJECT_GRAPH"] = Entry(7, [], 0, files[0], text, 0);
        }
        for (var i = 0; i < shards; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"variables.data-{i:D5}-of-{shards:D5}"), files[i].ToArray());
        }
        File.WriteAllBytes(Path.Combine(folder, "variables.index"), Table(entries, 2));
    }

    /// <summary>A table of blocks of some entries each.</summary>
    public static byte[] Table(SortedDictionary<string, byte[]> entries, int blockEntries, bool isPacked = false)
    {
        var file = new List<byte>();
        var index = new List<(string, byte[])>();
        foreach (var chunk in entries.Chunk(blockEntries))
        {
            var handle = Put(file, Block([.. chunk.Select(e => (e.Key, e.Value))]), isPacked);
            index.Add((chunk[^1].Key, handle));
        }
        var meta = Put(file, Block([]), false);
        var footer = meta.Concat(Put(file, Block(index), false)).ToArray();
        file.AddRange(footer);
        file.AddRange(new byte[40 - footer.Length]);
        var magic = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(magic, Magic);
        file.AddRange(magic);
        return [.. file];
    }

    private static byte[] Entry(int type, long[] shape, int shard, MemoryStream file, byte[] bytes, uint checksum)
    {
        var entry = new ProtobufWriter()
            .Int64(1, type)
            .Message(2, TensorFlowGraphWriter.Lengths(shape))
            .Int64(3, shard)
            .Int64(4, file.Length)
            .Int64(5, bytes.Length)
            .Float(6, BitConverter.UInt32BitsToSingle(checksum));
        file.Write(bytes);
        return entry.ToArray();
    }

    private static byte[] Put(List<byte> file, byte[] block, bool isPacked)
    {
        // Snappy may leave everything as it is: one literal after the length.
        byte[] stored = isPacked
            ? [.. Varint(block.Length), 61 << 2, (byte)(block.Length - 1), (byte)((block.Length - 1) >> 8), .. block]
            : block;
        byte[] handle = [.. Varint(file.Count), .. Varint(stored.Length)];
        byte[] trailer = [(byte)(isPacked ? 1 : 0), 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(1), Crc32C.Masked(stored, trailer.AsSpan(0, 1)));
        file.AddRange(stored);
        file.AddRange(trailer);
        return handle;
    }

    private static byte[] Block(List<(string Key, byte[] Value)> entries)
    {
        var block = new List<byte>();
        var last = Array.Empty<byte>();
        foreach (var (text, value) in entries)
        {
            var key = Encoding.UTF8.GetBytes(text);
            var shared = key.AsSpan().CommonPrefixLength(last);
            block.AddRange([.. Varint(shared), .. Varint(key.Length - shared), .. Varint(value.Length)]);
            block.AddRange(key[shared..]);
            block.AddRange(value);
            last = key;
        }
        block.AddRange([0, 0, 0, 0, 1, 0, 0, 0]);
        return [.. block];
    }

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            yield return (byte)(value | 0x80);
        }
        yield return (byte)value;
    }
}
