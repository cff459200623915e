using System.Buffers.Binary;
using System.Text;

namespace Neptune.Formats;

/// <summary>Reads the directory at the end of a zip file, and checks that no entry promises more than can be true.</summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int MaximumComment = ushort.MaxValue;
    private const int Zip64EndLength = 56;
    private const int Zip64LocatorLength = 20;
    private const int EntryLength = 46;

    // Weights hardly shrink when packed. What unpacks to far more than the file is there to fill the memory.
    private const int MaximumGrowth = 32;

    /// <summary>The entries in the directory's order, without folders.</summary>
    /// <exception cref="ModelFileException">The directory is missing, damaged or not safe.</exception>
    public static List<ZipMember> Read(Stream stream, string file)
    {
        var (count, offset, length) = FindDirectory(stream, file);
        if (offset < 0 || length < 0 || offset > stream.Length - length || count < 0 || count > length / EntryLength)
        {
            throw Damaged(
                file,
                $"the directory of {count} entries, {length} bytes from byte {offset} on, is not there"
            );
        }
        if (length > Array.MaxLength)
        {
            throw Damaged(file, $"the directory has {length} bytes");
        }
        var members = new List<ZipMember>();
        var directory = ReadAt(stream, offset, (int)length).AsSpan();
        for (var i = 0L; i < count; i++)
        {
            var member = ReadEntry(ref directory, file, i);
            if (!member.Name.EndsWith('/'))
            {
                members.Add(member);
            }
        }
        Check(members, stream.Length, file);
        return members;
    }

    private static void Check(List<ZipMember> members, long fileLength, string file)
    {
        var (packed, plain) = ((Int128)0, (Int128)0);
        foreach (var member in members)
        {
            if (member.Offset < 0 || member.PackedLength < 0 || member.Length < 0 || member.Offset >= fileLength)
            {
                throw Damaged(file, $"entry {member.Name} lies outside the file");
            }
            if (!member.IsDeflated && member.Length != member.PackedLength)
            {
                throw Damaged(file, $"entry {member.Name} is not packed, and has two lengths");
            }
            packed += member.PackedLength;
            plain += member.Length;
        }
        if (packed > fileLength)
        {
            throw Damaged(file, $"its entries have {packed} bytes in a file of {fileLength}, so that they overlap");
        }
        var most = ((Int128)fileLength * MaximumGrowth) + (1 << 20);
        if (plain > most)
        {
            throw new ModelFileException(
                $"{file}: its entries unpack to {plain} bytes, and at most {most} are read from a file of {fileLength}. "
                    + "Save it without compression."
            );
        }
    }

    private static (long Count, long Offset, long Length) FindDirectory(Stream stream, string file)
    {
        var tailLength = (int)Math.Min(stream.Length, EndLength + MaximumComment);
        var tail = ReadAt(stream, stream.Length - tailLength, tailLength).AsSpan();
        for (var at = tail.Length - EndLength; at >= 0; at--)
        {
            var end = tail[at..];
            if (
                BinaryPrimitives.ReadUInt32LittleEndian(end) == 0x06054b50
                && BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == end.Length - EndLength
            )
            {
                var count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
                var length = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
                var offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
                return count == ushort.MaxValue || length == uint.MaxValue || offset == uint.MaxValue
                    ? FindZip64(stream, stream.Length - tailLength + at, file)
                    : (count, offset, length);
            }
        }
        throw Damaged(file, "the directory at its end is missing");
    }

    private static (long Count, long Offset, long Length) FindZip64(Stream stream, long end, string file)
    {
        if (end >= Zip64LocatorLength)
        {
            var locator = ReadAt(stream, end - Zip64LocatorLength, Zip64LocatorLength).AsSpan();
            var at = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(locator) == 0x07064b50 && at >= 0 && at <= end - Zip64EndLength)
            {
                var record = ReadAt(stream, at, Zip64EndLength).AsSpan();
                if (BinaryPrimitives.ReadUInt32LittleEndian(record) == 0x06064b50)
                {
                    return (
                        BinaryPrimitives.ReadInt64LittleEndian(record[32..]),
                        BinaryPrimitives.ReadInt64LittleEndian(record[48..]),
                        BinaryPrimitives.ReadInt64LittleEndian(record[40..])
                    );
                }
            }
        }
        throw Damaged(file, "its zip64 directory is missing");
    }

    private static ZipMember ReadEntry(ref Span<byte> directory, string file, long index)
    {
        if (directory.Length < EntryLength || BinaryPrimitives.ReadUInt32LittleEndian(directory) != 0x02014b50)
        {
            throw Damaged(file, $"entry {index} of the directory is not one");
        }
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(directory[8..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(directory[10..]);
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(directory[16..]);
        var packed = (long)BinaryPrimitives.ReadUInt32LittleEndian(directory[20..]);
        var plain = (long)BinaryPrimitives.ReadUInt32LittleEndian(directory[24..]);
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
        var commentLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
        var offset = (long)BinaryPrimitives.ReadUInt32LittleEndian(directory[42..]);
        if (directory.Length < EntryLength + nameLength + extraLength + commentLength)
        {
            throw Damaged(file, $"entry {index} of the directory is cut off");
        }
        var name = Encoding.UTF8.GetString(directory.Slice(EntryLength, nameLength));
        if (nameLength == 0 || name.Any(letter => char.IsControl(letter) || letter == '\uFFFD'))
        {
            throw Damaged(file, $"entry {index} of the directory has no name that can be printed");
        }
        ReadZip64(directory.Slice(EntryLength + nameLength, extraLength), ref plain, ref packed, ref offset);
        directory = directory[(EntryLength + nameLength + extraLength + commentLength)..];
        return (flags & 1) == 0 && method is 0 or 8
            ? new(name, method == 8, crc, packed, plain, offset)
            : throw new ModelFileException(
                $"{file}: entry {name} is encrypted, or packed by method {method}. Save it without compression."
            );
    }

    // Field 1 holds, in this order, those of the three numbers that did not fit into 32 bits.
    private static void ReadZip64(ReadOnlySpan<byte> extra, ref long plain, ref long packed, ref long offset)
    {
        while (extra.Length >= 4)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == 1)
            {
                var field = extra.Slice(4, length);
                Replace(ref plain, ref field);
                Replace(ref packed, ref field);
                Replace(ref offset, ref field);
                return;
            }
            extra = extra[(4 + length)..];
        }
    }

    private static void Replace(ref long number, ref ReadOnlySpan<byte> field)
    {
        if (number == uint.MaxValue && field.Length >= 8)
        {
            number = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[8..];
        }
    }

    private static byte[] ReadAt(Stream stream, long offset, int count)
    {
        var bytes = new byte[count];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static ModelFileException Damaged(string file, string problem) =>
        new($"{file} is no whole zip file: {problem}. Copy or download it again.");
}
