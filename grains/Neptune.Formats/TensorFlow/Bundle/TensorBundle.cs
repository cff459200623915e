using System.Buffers.Binary;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// A checkpoint of TensorFlow: <c>NAME.index</c>, a table of what lies where, and <c>NAME.data-00000-of-00001</c> and so on.
/// The messages are those of
/// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto.
/// </summary>
internal sealed class TensorBundle
{
    private const int MostShards = 100_000; // five digits of the files' names
    private const int LongestIndex = 256 << 20;

    private readonly string _prefix;
    private readonly string _folder;
    private readonly string _index;
    private readonly Dictionary<string, BundleEntry> _entries = new(StringComparer.Ordinal);
    private int _shards;

    private TensorBundle(string prefix, string folder)
    {
        (_prefix, _folder) = (prefix, folder);
        _index = $"{Path.GetFileName(prefix)}.index";
    }

    /// <summary>The keys of all tensors.</summary>
    public IReadOnlyCollection<string> Keys => _entries.Keys;

    /// <summary>Reads the index of a checkpoint; tensors are read when they are asked for.</summary>
    /// <param name="prefix">The path without <c>.index</c>.</param>
    /// <param name="folder">The model's folder, which its files must lie in.</param>
    /// <exception cref="ModelFileException">It is missing or damaged.</exception>
    public static TensorBundle Open(string prefix, string folder)
    {
        var path = $"{prefix}.index";
        ConfinedFile.Require(path, folder);
        var length = new FileInfo(path).Length;
        return length <= LongestIndex
            ? Of(File.ReadAllBytes(path), prefix, folder)
            : throw new ModelFileException($"{path} has {length} bytes, and an index has at most {LongestIndex}.");
    }

    /// <summary>Takes an index from its bytes.</summary>
    internal static TensorBundle Of(ReadOnlyMemory<byte> index, string prefix, string folder)
    {
        var bundle = new TensorBundle(prefix, folder);
        foreach (var (key, value) in SortedTable.Read(index, bundle._index))
        {
            var message = ProtobufMessage.Whole(value, bundle._index);
            if (key.Length == 0)
            {
                bundle._shards = bundle.Shards(message);
            }
            else
            {
                bundle._entries[key] = Entry(message);
            }
        }
        return bundle._shards > 0
            ? bundle
            : throw new ModelFileException($"{bundle._index}: it has no header. The file is damaged.");
    }

    /// <summary>True where there is a tensor of that key.</summary>
    public bool Contains(string key) => _entries.ContainsKey(key);

    /// <summary>A tensor of numbers.</summary>
    /// <exception cref="TensorFlowRefusedException">It is of a type that Neptune lacks, or in parts.</exception>
    /// <exception cref="ModelFileException">It is damaged.</exception>
    public TensorValue Read(string key)
    {
        var entry = _entries[key];
        var type =
            TensorFlowDataType.Of(entry.DataType)
            ?? throw new TensorFlowRefusedException(
                $"{key} in {_index} has elements of {TensorFlowDataType.Name(entry.DataType)}, which are not computed with"
            );
        if (entry.IsSliced)
        {
            throw new TensorFlowRefusedException(
                $"{key} in {_index} is in parts (a partitioned variable); save the model without partitions"
            );
        }
        if (entry.Shape.Lengths is not { } lengths || lengths.Any(n => n < 0) || type.SizeBytes(lengths) != entry.Size)
        {
            throw Error(
                key,
                $"has {entry.Size} bytes, which is not what {type} elements of shape "
                    + $"({string.Join(", ", entry.Shape.Lengths ?? [])}) take. The file is damaged."
            );
        }
        return new(type, Shape.Of(lengths.AsSpan()), Bytes(key, entry));
    }

    /// <summary>The bytes of a tensor of one text; null where there is none of that key.</summary>
    public ReadOnlyMemory<byte>? Text(string key)
    {
        if (!_entries.TryGetValue(key, out var entry) || entry.DataType != TensorFlowDataType.Text)
        {
            return null;
        }
        // Texts are written as their lengths, a checksum of those, and then their bytes.
        var bytes = Bytes(key, entry, isChecked: false);
        var (length, position) = (0L, 0);
        for (var shift = 0; shift < 35 && position < bytes.Length; shift += 7)
        {
            var next = bytes.Span[position++];
            length |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                break;
            }
        }
        position += sizeof(uint);
        return position <= bytes.Length && length == bytes.Length - position
            ? bytes[position..]
            : throw Error(key, "is no single text. The file is damaged.");
    }

    private ReadOnlyMemory<byte> Bytes(string key, BundleEntry entry, bool isChecked = true)
    {
        if (entry.Shard < 0 || entry.Shard >= _shards)
        {
            throw Error(key, $"is in data file {entry.Shard}, and there are {_shards}. The index is damaged.");
        }
        var path = $"{_prefix}.data-{entry.Shard:D5}-of-{_shards:D5}";
        ConfinedFile.Require(path, _folder);
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        if (entry.Offset < 0 || entry.Size < 0 || entry.Offset > length || entry.Size > length - entry.Offset)
        {
            throw Error(
                key,
                $"should take {entry.Size} bytes from byte {entry.Offset} of {Path.GetFileName(path)}, which has {length}. "
                    + "The file is cut off or damaged."
            );
        }
        if (entry.Size > Array.MaxLength)
        {
            throw Error(key, $"has {entry.Size} bytes, and a tensor may have at most {Array.MaxLength}.");
        }
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Size);
        for (var done = 0; done < bytes.Length; )
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(done), entry.Offset + done);
            done += read > 0 ? read : throw Error(key, "was cut off while it was read.");
        }
        return !isChecked || Crc32C.Masked(bytes) == entry.Checksum
            ? bytes
            : throw Error(key, $"has a wrong checksum in {Path.GetFileName(path)}. The file is damaged.");
    }

    private int Shards(ProtobufMessage message)
    {
        var reader = message.Read();
        var shards = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    shards = reader.Int32();
                    break;
                case 2:
                    if (reader.Int32() != 0)
                    {
                        throw reader.Error(
                            "the numbers are big endian, which is not read. Save the model on another machine."
                        );
                    }
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return shards is > 0 and < MostShards
            ? shards
            : throw message.Error($"there should be {shards} data files. The index is damaged.");
    }

    private static BundleEntry Entry(ProtobufMessage message)
    {
        var reader = message.Read();
        var entry = new BundleEntry();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    entry = entry with { DataType = reader.Int32() };
                    break;
                case 2:
                    entry = entry with { Shape = TensorFlowGraphReader.Shape(reader.Message()) };
                    break;
                case 3:
                    entry = entry with { Shard = reader.Int32() };
                    break;
                case 4:
                    entry = entry with { Offset = reader.Int64() };
                    break;
                case 5:
                    entry = entry with { Size = reader.Int64() };
                    break;
                case 6:
                    var checksum = reader.Numbers(ProtobufWire.Fixed32).Span;
                    entry = entry with
                    {
                        Checksum =
                            checksum.Length == sizeof(uint)
                                ? BinaryPrimitives.ReadUInt32LittleEndian(checksum)
                                : throw reader.Error("a checksum has 4 bytes. The index is damaged."),
                    };
                    break;
                case 7:
                    entry = entry with { IsSliced = true };
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return entry;
    }

    private ModelFileException Error(string key, string problem) => new($"{_index}: {key} {problem}");
}
