using System.Buffers.Binary;
using System.Text;

namespace Neptune.ModelGraph;

/// <summary>
/// Reads the zip file of a package front to back. Every byte around the entries must be what Neptune writes, so an altered
/// one shows, and no two readers can see different contents.
/// </summary>
internal sealed class PackageReader(Stream stream, string file)
{
    private const int MaximumNameLength = 64;

    private readonly List<ZipEntry> _entries = [];
    private long _offset;

    /// <summary>Reads the next entry, which must have this name.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="length">The length that the manifest declares; null for the manifest itself.</param>
    /// <param name="sha256">The hash that the manifest declares; null for the manifest itself.</param>
    /// <param name="maximumLength">A longer entry is refused.</param>
    /// <param name="parse">Makes a value of the content; a <see cref="GraphException"/> of it gets file and entry.</param>
    /// <exception cref="PackageException">The entry is missing, too long, truncated, altered or not valid.</exception>
    public T Read<T>(string name, long? length, string? sha256, long maximumLength, Func<BoundedInput, T> parse)
    {
        var entry = ReadHeader(name);
        if (length is not null && entry.Length != length)
        {
            throw Altered(name);
        }
        if (entry.Length > maximumLength)
        {
            throw new PackageException(
                $"{Where(name)} has {entry.Length} bytes, and at most {maximumLength} are read. It is no package of Neptune, "
                    + "or was altered after it was written."
            );
        }
        using var content = new BoundedInput(stream, entry.Length, Where(name));
        var (result, failure) = Try(content, parse);
        // Whether the content is what was written comes before whether it is valid: the first explains the second.
        content.Drain();
        if (content.Crc != entry.Crc || (sha256 is not null && content.Sha256() != sha256))
        {
            throw Altered(name);
        }
        _entries.Add(entry);
        _offset += ZipLayout.LocalHeader(entry).Length + entry.Length;
        return failure is null ? result! : throw failure;
    }

    /// <summary>Reads what stands behind the last entry, and that nothing stands behind that.</summary>
    /// <exception cref="PackageException">It is not what Neptune writes.</exception>
    public void ReadTail()
    {
        var expected = ZipLayout.Tail(_entries, _offset);
        using var tail = new BoundedInput(stream, expected.Length, $"Package {file}, its directory");
        if (!tail.Read(expected.Length).AsSpan().SequenceEqual(expected))
        {
            throw new PackageException(
                $"Package {file}: the directory at its end does not fit its entries. It was altered after it was written, or "
                    + "packed by another tool. Use the original file."
            );
        }
        if (stream.ReadByte() >= 0)
        {
            throw new PackageException($"Package {file}: something stands behind its end. Use the original file.");
        }
    }

    private static (T? Result, PackageException? Failure) Try<T>(BoundedInput content, Func<BoundedInput, T> parse)
    {
        try
        {
            var result = parse(content);
            return content.Remaining == 0
                ? (result, null)
                : (default, new PackageException($"{content.Where}: {content.Remaining} bytes stand behind its end."));
        }
        catch (PackageException e)
        {
            return (default, e);
        }
        catch (GraphException e)
        {
            return (default, new PackageException($"{content.Where}: {e.Message}", e));
        }
    }

    private ZipEntry ReadHeader(string name)
    {
        using var input = new BoundedInput(stream, ZipLayout.LocalFixedLength, $"{Where(name)}: its header");
        var start = input.Read(ZipLayout.LocalFixedLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(start) != ZipLayout.LocalSignature)
        {
            throw _entries.Count == 0
                ? new PackageException(
                    $"{file} is no package of Neptune: it does not begin as one. Give the file that Neptune wrote."
                )
                : Altered(name);
        }
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(26));
        if (
            nameLength is 0 or > MaximumNameLength
            || BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(28)) != ZipLayout.LocalExtraLength
        )
        {
            throw Altered(name);
        }
        using var rest = new BoundedInput(
            stream,
            nameLength + ZipLayout.LocalExtraLength,
            $"{Where(name)}: its header"
        );
        var end = rest.Read(rest.Length);
        if (Encoding.Latin1.GetString(end, 0, nameLength) != name)
        {
            throw new PackageException(
                $"Package {file}: another entry stands where {name} should. It was altered after it was written, or packed "
                    + "by another tool. Use the original file."
            );
        }
        var entry = new ZipEntry(
            name,
            BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(nameLength + 4)),
            BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(14)),
            _offset
        );
        byte[] found = [.. start, .. end];
        return entry.Length >= 0 && found.AsSpan().SequenceEqual(ZipLayout.LocalHeader(entry))
            ? entry
            : throw Altered(name);
    }

    private string Where(string name) => $"Package {file}, entry {name}";

    private PackageException Altered(string name) =>
        new(
            $"{Where(name)}: it was altered after it was written, or packed by another tool. Use the original file, or write "
                + "the package again."
        );
}
