using System.Text;

namespace Neptune.Formats;

/// <summary>The hard links of a group by name: of the older form, and of the newer one where they stand in its header.</summary>
internal static class Hdf5Links
{
    private const int DeepestTree = 32;
    private const int SoftLink = 2;

    /// <summary>Reads them. A link to a name or to another file is given the address <see cref="Hdf5Cursor.Undefined"/>.</summary>
    /// <exception cref="ModelFileException">They are damaged, or in the dense form.</exception>
    public static Dictionary<string, long> Read(Hdf5Input input, List<Hdf5Message> header)
    {
        var links = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var message in header)
        {
            switch (message.Kind)
            {
                case Hdf5MessageKind.SymbolTable:
                    var table = new Hdf5Cursor(input, message.Content);
                    var tree = table.Address();
                    ReadTree(input, tree, ReadHeap(input, table.Address()), links, DeepestTree);
                    break;
                case Hdf5MessageKind.Link:
                    ReadLink(input, message.Content, links);
                    break;
                case Hdf5MessageKind.LinkInfo:
                    var info = new Hdf5Cursor(input, message.Content);
                    info.Skip(1);
                    info.Skip((info.Byte() & 1) != 0 ? 8 : 0);
                    var heap = info.Address();
                    if (heap != Hdf5Cursor.Undefined)
                    {
                        foreach (var link in Hdf5DenseStorage.Read(input, heap, info.Address(), isOfLinks: true))
                        {
                            ReadLink(input, link, links);
                        }
                    }
                    break;
            }
        }
        return links;
    }

    private static void ReadTree(Hdf5Input input, long address, byte[] heap, Dictionary<string, long> links, int depth)
    {
        var head = new Hdf5Cursor(input, input.Read(address, 8));
        head.Signature("TREE"u8);
        var (kind, level, count) = (head.Byte(), head.Byte(), head.UInt16());
        if (kind != 0 || depth == 0)
        {
            throw input.Damaged($"the tree of links at {address} is none");
        }
        var (offset, length) = input.Sizes;
        var entries = new Hdf5Cursor(
            input,
            input.Read(address + 8 + (2 * offset), ((long)count * (length + offset)) + length)
        );
        for (var i = 0; i < count; i++)
        {
            entries.Skip(length);
            var child = entries.Address();
            if (level > 0)
            {
                ReadTree(input, child, heap, links, depth - 1);
            }
            else
            {
                ReadNode(input, child, heap, links);
            }
        }
    }

    private static void ReadNode(Hdf5Input input, long address, byte[] heap, Dictionary<string, long> links)
    {
        var head = new Hdf5Cursor(input, input.Read(address, 8));
        head.Signature("SNOD"u8);
        head.Skip(2);
        var count = head.UInt16();
        var size = (2 * input.Sizes.Offset) + 24;
        var entries = new Hdf5Cursor(input, input.Read(address + 8, (long)count * size));
        for (var i = 0; i < count; i++)
        {
            var name = Name(input, heap, entries.Address());
            var target = entries.Address();
            var cache = entries.UInt32();
            entries.Skip(20);
            Add(input, links, name, cache == SoftLink ? Hdf5Cursor.Undefined : target);
        }
    }

    private static void ReadLink(Hdf5Input input, ReadOnlySpan<byte> content, Dictionary<string, long> links)
    {
        var cursor = new Hdf5Cursor(input, content);
        cursor.Skip(1);
        var flags = cursor.Byte();
        var isHard = (flags & 8) == 0 || cursor.Byte() == 0;
        cursor.Skip(((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0));
        var name = Encoding.UTF8.GetString(cursor.Bytes(cursor.Number(1 << (flags & 3))));
        Add(input, links, name, isHard ? cursor.Address() : Hdf5Cursor.Undefined);
    }

    private static byte[] ReadHeap(Hdf5Input input, long address)
    {
        var cursor = new Hdf5Cursor(input, input.Read(address, 8 + (2 * input.Sizes.Length) + input.Sizes.Offset));
        cursor.Signature("HEAP"u8);
        cursor.Skip(4);
        var length = cursor.Length();
        _ = cursor.Length();
        return input.Read(cursor.Address(), length);
    }

    private static string Name(Hdf5Input input, byte[] heap, long offset)
    {
        if (offset < 0 || offset >= heap.Length)
        {
            throw input.Damaged($"a link's name at {offset} lies outside its heap");
        }
        var rest = heap.AsSpan((int)offset);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static void Add(Hdf5Input input, Dictionary<string, long> links, string name, long target)
    {
        if (!links.TryAdd(name, target))
        {
            throw input.Damaged($"two links of a group are called {name}");
        }
    }
}
