namespace Neptune.Formats;

/// <summary>The messages of an object (IV.A of the specification).</summary>
internal static class Hdf5Header
{
    private const int MostBlocks = 1000;

    /// <summary>Reads the header at an address.</summary>
    /// <exception cref="ModelFileException">It is damaged.</exception>
    public static List<Hdf5Message> Read(Hdf5Input input, long address)
    {
        var messages = new List<Hdf5Message>();
        var blocks = new Queue<(long Address, long Length)>();
        var start = new Hdf5Cursor(input, input.ReadUpTo(address, 40));
        var isOld = start.Byte() == 1;
        var flags = 0;
        if (isOld)
        {
            start.Skip(7);
            var length = start.UInt32();
            ReadMessages(input, input.Read(address + 16, length), null, messages, blocks);
        }
        else
        {
            start = new(input, input.ReadUpTo(address, 40));
            start.Signature("OHDR"u8);
            if (start.Byte() is not 2 and var version)
            {
                throw input.Damaged($"an object's header is of version {version}");
            }
            flags = start.Byte();
            start.Skip(((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
            var length = start.Number(1 << (flags & 3));
            ReadMessages(input, input.Read(address + start.Position, length), flags, messages, blocks);
        }
        for (var count = 0; blocks.TryDequeue(out var block); count++)
        {
            if (count >= MostBlocks)
            {
                throw input.Damaged($"an object's header has more than {MostBlocks} parts");
            }
            var bytes = input.Read(block.Address, block.Length).AsSpan();
            if (!isOld)
            {
                new Hdf5Cursor(input, bytes).Signature("OCHK"u8);
                bytes = bytes.Length >= 8 ? bytes[4..^4] : throw input.Damaged("a part of a header is too short");
            }
            ReadMessages(input, bytes, isOld ? null : flags, messages, blocks);
        }
        return messages;
    }

    // flags is null in headers of version 1.
    private static void ReadMessages(
        Hdf5Input input,
        ReadOnlySpan<byte> bytes,
        int? flags,
        List<Hdf5Message> messages,
        Queue<(long, long)> blocks
    )
    {
        var cursor = new Hdf5Cursor(input, bytes);
        var prefix =
            flags is null ? 8
            : (flags & 4) != 0 ? 6
            : 4;
        while (cursor.Left >= prefix)
        {
            var kind = (Hdf5MessageKind)(flags is null ? cursor.UInt16() : cursor.Byte());
            var size = cursor.UInt16();
            var isShared = (cursor.Byte() & 2) != 0;
            cursor.Skip(prefix - (flags is null ? 5 : 4));
            var content = cursor.Bytes(size);
            if (kind == Hdf5MessageKind.Continuation)
            {
                var block = new Hdf5Cursor(input, content);
                blocks.Enqueue((block.Address(), block.Length()));
            }
            else if (Enum.IsDefined(kind))
            {
                messages.Add(new(kind, isShared, content.ToArray()));
            }
        }
    }
}
