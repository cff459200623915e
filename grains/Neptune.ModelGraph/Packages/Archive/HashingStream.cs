using System.Security.Cryptography;

namespace Neptune.ModelGraph;

/// <summary>Hashes what is written (by SHA-256 unless told not to), and passes it on where there is somewhere to.</summary>
internal sealed class HashingStream(Stream? target = null, bool crcOnly = false) : Stream
{
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Crc32 _crc = new();
    private long _length;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => _length;
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public uint Crc => _crc.Value;

    public string Sha256() =>
        crcOnly
            ? throw new InvalidOperationException("The SHA-256 was not asked for.")
            : Convert.ToHexStringLower(_sha.GetCurrentHash());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!crcOnly)
        {
            _sha.AppendData(buffer);
        }
        _crc.Append(buffer);
        _length += buffer.Length;
        target?.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => target?.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _sha.Dispose();
        base.Dispose(disposing);
    }
}
