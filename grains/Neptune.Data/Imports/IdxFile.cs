using System.Buffers.Binary;
using System.IO.Compression;

namespace Neptune.Data;

/// <summary>
/// An IDX file of bytes, plain or gzipped: two zero bytes, 0x08 for unsigned bytes, the number of dimensions, each
/// dimension's size as a big-endian int32, then the values (Y. LeCun, "The MNIST database of handwritten digits").
/// </summary>
internal sealed class IdxFile : IDisposable
{
    private const byte UnsignedByte = 0x08;
    private const int MaxSide = ImageDecoder.MaxSide;
    private readonly Stream _stream;
    private long _read;

    private IdxFile(string name, Stream stream, int[] sizes)
    {
        Name = name;
        _stream = stream;
        Sizes = sizes;
    }

    public string Name { get; }

    public int[] Sizes { get; }

    private long ExpectedBytes => Sizes.Aggregate(1L, (product, size) => product * size);

    public static IdxFile Open(NamedStream file, int dimensions)
    {
        var stream = new BufferedStream(file.Open(), 1 << 16);
        try
        {
            Span<byte> magic = stackalloc byte[4];
            var length = stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
            Stream values = stream;
            if (length >= 2 && magic[0] == 0x1F && magic[1] == 0x8B)
            {
                values = new GZipStream(new PrefixedStream(magic[..length], stream), CompressionMode.Decompress);
                length = values.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
            }
            if (length < 4 || magic[0] != 0 || magic[1] != 0 || magic[2] != UnsignedByte || magic[3] != dimensions)
            {
                throw new DatasetException(
                    $"'{file.Name}' begins with {Convert.ToHexString(magic[..length])}, but an IDX file of bytes with "
                        + $"{dimensions} dimension(s) begins with 000008{dimensions:X2}. Download it again."
                );
            }
            return new IdxFile(file.Name, values, ReadSizes(file.Name, values, dimensions));
        }
        catch (InvalidDataException e)
        {
            stream.Dispose();
            throw Corrupt(file.Name, e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public async Task ReadAsync(Memory<byte> values, CancellationToken cancellation)
    {
        int read;
        try
        {
            read = await _stream
                .ReadAtLeastAsync(values, values.Length, throwOnEndOfStream: false, cancellation)
                .ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw Corrupt(Name, e);
        }
        _read += read;
        if (read < values.Length)
            throw WrongLength($"ends after {_read}");
    }

    /// <summary>Makes sure that nothing follows the values.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        if (await _stream.ReadAsync(new byte[1], cancellation).ConfigureAwait(false) > 0)
            throw WrongLength("has more");
    }

    public void Dispose() => _stream.Dispose();

    private static int[] ReadSizes(string name, Stream stream, int dimensions)
    {
        Span<byte> header = stackalloc byte[4 * dimensions];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            throw new DatasetException($"'{name}' ends within its header. Download it again.");
        var sizes = new int[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            sizes[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 * i)..]);
            if (sizes[i] < 1 || (i > 0 && sizes[i] > MaxSide))
            {
                throw new DatasetException(
                    $"'{name}' says that dimension {i} has {sizes[i]} values; it must have at least 1, and an image's "
                        + $"side at most {MaxSide}. Download it again."
                );
            }
        }
        return sizes;
    }

    private DatasetException WrongLength(string what) =>
        new(
            $"'{Name}' says it has {string.Join(" x ", Sizes)} values, which are {ExpectedBytes} bytes, but it {what}. "
                + "Download it again."
        );

    private static DatasetException Corrupt(string name, Exception inner) =>
        new($"'{name}' is a damaged gzip file. Download it again.", inner);
}
