using System.Security.Cryptography;

namespace Neptune.ModelGraph;

/// <summary>
/// A stretch of a stream from a source that is not trusted: reads no more than its declared length, allocates no more than
/// there really is, and hashes what it reads.
/// </summary>
internal sealed class BoundedInput : IDisposable
{
    private const int GrowthBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly string _where;
    private readonly bool _lengthIsReal;
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Crc32 _crc = new();

    /// <param name="stream">Stands at the stretch's begin.</param>
    /// <param name="length">The declared length in bytes.</param>
    /// <param name="where">Names file and entry in errors.</param>
    /// <exception cref="PackageException">The stream can tell that it is shorter.</exception>
    public BoundedInput(Stream stream, long length, string where)
    {
        (_stream, _where, Length, Remaining) = (stream, where, length, length);
        _lengthIsReal = stream.CanSeek;
        if (_lengthIsReal && stream.Length - stream.Position < length)
        {
            throw Truncated(stream.Length - stream.Position);
        }
    }

    public long Length { get; }

    public long Remaining { get; private set; }

    public uint Crc => _crc.Value;

    public string Where => _where;

    public string Sha256() => Convert.ToHexStringLower(_sha.GetCurrentHash());

    /// <summary>The next bytes.</summary>
    /// <exception cref="PackageException">There are fewer, or they do not fit into memory in one piece.</exception>
    public byte[] Read(long count)
    {
        if (count > Remaining)
        {
            throw new PackageException(
                $"{_where}: {count} bytes are declared where {Remaining} are left. It is not valid."
            );
        }
        if (count > Array.MaxLength)
        {
            throw new PackageException($"{_where}: {count} bytes in one piece are more than {Array.MaxLength}.");
        }
        var bytes = GC.AllocateUninitializedArray<byte>((int)(_lengthIsReal ? count : Math.Min(count, GrowthBytes)));
        var filled = 0;
        while (filled < count)
        {
            if (filled == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(count, bytes.Length * 2L));
            }
            filled += ReadSome(bytes.AsSpan(filled));
        }
        return bytes;
    }

    /// <summary>Reads and hashes what is left.</summary>
    public void Drain()
    {
        var buffer = new byte[(int)Math.Min(Remaining, 1 << 16)];
        while (Remaining > 0)
        {
            ReadSome(buffer.AsSpan(0, (int)Math.Min(Remaining, buffer.Length)));
        }
    }

    public void Dispose() => _sha.Dispose();

    private int ReadSome(Span<byte> buffer)
    {
        var read = _stream.Read(buffer);
        if (read == 0)
        {
            throw Truncated(Length - Remaining);
        }
        _sha.AppendData(buffer[..read]);
        _crc.Append(buffer[..read]);
        Remaining -= read;
        return read;
    }

    private PackageException Truncated(long found) =>
        new($"{_where} ends after {found} of {Length} bytes: the file is incomplete. Copy or download it again.");
}
