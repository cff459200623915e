using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Reads members of a zip file (PKWARE's APPNOTE 6.3.10, with zip64) that is not trusted: by name out of memory, never onto a
/// disk, with all lengths bounded by the file's own.
/// </summary>
internal sealed class ZipContainer
{
    private const uint HeaderSignature = 0x04034b50;
    private const int HeaderLength = 30;
    private const int BufferBytes = 1 << 17;

    private readonly Stream _stream;
    private readonly string _file;
    private readonly Dictionary<string, ZipMember> _members = new(StringComparer.Ordinal);

    /// <summary>Reads the directory of a file.</summary>
    /// <param name="stream">The file, seekable; stays open as long as members are read.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="ModelFileException">It is no zip file, is cut off, or is not safe to read.</exception>
    public ZipContainer(Stream stream, string file)
    {
        (_stream, _file) = (stream, file);
        foreach (var member in ZipDirectory.Read(stream, file))
        {
            if (!_members.TryAdd(member.Name, member))
            {
                throw new ModelFileException(
                    $"{file}: two entries are called {member.Name}, and programs would read different ones. Pack it again."
                );
            }
        }
    }

    /// <summary>All members' names.</summary>
    public IEnumerable<string> Names => _members.Keys;

    /// <summary>The member called so, or null.</summary>
    public ZipMember? Find(string name) => _members.GetValueOrDefault(name);

    /// <summary>A member's content.</summary>
    /// <exception cref="ModelFileException">It is missing, cut off or damaged.</exception>
    public byte[] Read(string name)
    {
        var member =
            Find(name) ?? throw new ModelFileException($"{_file}: entry {name} is missing. Save the file again.");
        var where = $"{_file}, entry {name}";
        if (member.Length > Array.MaxLength)
        {
            throw new ModelFileException($"{where} has {member.Length} bytes, and at most {Array.MaxLength} are read.");
        }
        FindContent(member, where);
        var content = member.IsDeflated ? Inflate(member, where) : ReadExactly(member.Length, where);
        return Crc32.Of(content) == member.Crc ? content : throw WrongSum(where);
    }

    /// <summary>A member's content as a stream to seek in: of the file itself, where it is not packed.</summary>
    /// <exception cref="ModelFileException">It is missing, cut off or damaged.</exception>
    public Stream Open(string name)
    {
        if (Find(name) is not { IsDeflated: false } member)
        {
            return new MemoryStream(Read(name), writable: false);
        }
        var where = $"{_file}, entry {name}";
        FindContent(member, where);
        if (member.Length > _stream.Length - _stream.Position)
        {
            throw CutOff(where);
        }
        var content = new ZipWindow(_stream, _stream.Position, member.Length);
        var crc = new Crc32();
        var buffer = new byte[Math.Min(member.Length, BufferBytes)];
        for (int count; (count = content.Read(buffer, 0, buffer.Length)) > 0; )
        {
            crc.Append(buffer.AsSpan(0, count));
        }
        content.Position = 0;
        return crc.Value == member.Crc ? content : throw WrongSum(where);
    }

    // Moves behind the header that stands before the content, which must agree with the directory.
    private void FindContent(ZipMember member, string where)
    {
        _stream.Position = member.Offset;
        var header = ReadExactly(HeaderLength, where).AsSpan();
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        var agrees =
            BinaryPrimitives.ReadUInt32LittleEndian(header) == HeaderSignature
            && BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) == (member.IsDeflated ? 8 : 0)
            && nameLength == Encoding.UTF8.GetByteCount(member.Name)
            && Encoding.UTF8.GetString(ReadExactly(nameLength, where)) == member.Name;
        if (!agrees)
        {
            throw new ModelFileException(
                $"{where}: the header at byte {member.Offset} does not fit the directory. The file is damaged; copy or save "
                    + "it again."
            );
        }
        _stream.Position += extraLength;
    }

    private byte[] Inflate(ZipMember member, string where)
    {
        using var packed = new MemoryStream(ReadExactly(member.PackedLength, where), writable: false);
        using var plain = new DeflateStream(packed, CompressionMode.Decompress);
        var content = new byte[member.Length];
        try
        {
            plain.ReadExactly(content);
            if (plain.ReadByte() < 0)
            {
                return content;
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ModelFileException($"{where} cannot be unpacked: it is damaged. Copy or save the file again.", e);
        }
        throw new ModelFileException($"{where} unpacks to more than the {member.Length} bytes that are declared.");
    }

    private byte[] ReadExactly(long count, string where)
    {
        if (count > _stream.Length - _stream.Position)
        {
            throw CutOff(where);
        }
        var bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private static ModelFileException CutOff(string where) =>
        new($"{where} ends early: the file is cut off. Copy or download it again.");

    private static ModelFileException WrongSum(string where) =>
        new(
            $"{where}: its content does not match its checksum. The file is damaged, or was written with checksums "
                + "switched off. Copy or save it again."
        );
}
