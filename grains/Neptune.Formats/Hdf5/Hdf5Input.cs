namespace Neptune.Formats;

/// <summary>
/// The bytes of an HDF5 file that is not trusted (HDF5 File Format Specification 3.0), with every read checked against its
/// length, and all reads together against a budget in proportion to it: what refers to itself comes to an end.
/// </summary>
internal sealed class Hdf5Input
{
    private const int ReadsPerByte = 16;
    private const long ReadsAtLeast = 16 << 20;

    private readonly Stream _stream;
    private long _budget;

    /// <summary>Wraps a file.</summary>
    /// <param name="stream">The file, seekable; stays open as long as it is read.</param>
    /// <param name="file">What errors call it.</param>
    public Hdf5Input(Stream stream, string file)
    {
        (_stream, File) = (stream, file);
        _budget = (stream.Length * ReadsPerByte) + ReadsAtLeast;
    }

    /// <summary>What errors call the file.</summary>
    public string File { get; }

    /// <summary>Bytes in the file.</summary>
    public long Length => _stream.Length;

    /// <summary>Where addresses count from.</summary>
    public long Base { get; set; }

    /// <summary>Bytes of an address, and of a length.</summary>
    public (int Offset, int Length) Sizes { get; set; } = (8, 8);

    /// <summary>The bytes from an address on.</summary>
    /// <exception cref="ModelFileException">They are not all there.</exception>
    public byte[] Read(long address, long count)
    {
        Require(address, count);
        var bytes = GC.AllocateUninitializedArray<byte>((int)count);
        ReadInto(address, bytes);
        return bytes;
    }

    /// <summary>Fills a span from an address on.</summary>
    /// <exception cref="ModelFileException">The bytes are not all there.</exception>
    public void ReadInto(long address, Span<byte> target)
    {
        Require(address, target.Length);
        // A read costs time even where it is short.
        _budget -= target.Length + 64;
        if (_budget < 0)
        {
            throw Damaged("its parts refer to one another over and over");
        }
        _stream.Position = Base + address;
        _stream.ReadExactly(target);
    }

    /// <summary>At most that many bytes from an address on: fewer at the file's end.</summary>
    public byte[] ReadUpTo(long address, long count)
    {
        Require(address, 0);
        return Read(address, Math.Min(count, Length - Base - address));
    }

    /// <summary>Throws unless the bytes lie in the file.</summary>
    public void Require(long address, long count)
    {
        if (address < 0 || count < 0 || count > Array.MaxLength || address > Length - Base - count)
        {
            throw Damaged($"{count} bytes at {address} lie outside the file of {Length}");
        }
    }

    /// <summary>An error about a file that is not whole.</summary>
    public ModelFileException Damaged(string problem) =>
        new($"{File} is no whole HDF5 file: {problem}. Copy or save it again.");

    /// <summary>An error about a form that is not read.</summary>
    public ModelFileException Unknown(string problem, string remedy) => new($"{File}: {problem}. {remedy}");
}
