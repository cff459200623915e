using System.Buffers.Binary;
using System.Text;

namespace Neptune.ModelGraph;

/// <summary>
/// The bytes of a zip file around its entries, in the one form that packages have (PKWARE's APPNOTE 6.3.10): entries are
/// stored, sizes stand in zip64 fields, times are 1980-01-01. One form means that equal packages have equal bytes, that
/// every altered byte shows, and that nothing in a hostile header is ever interpreted.
/// </summary>
internal static class ZipLayout
{
    /// <summary>Bytes before a local header's name.</summary>
    public const int LocalFixedLength = 30;

    /// <summary>Bytes behind a local header's name.</summary>
    public const int LocalExtraLength = 20;

    public const uint LocalSignature = 0x04034b50;

    private const ushort Version = 45; // the first with zip64
    private const ushort Date = 0x0021; // 1980-01-01
    private const uint InZip64 = uint.MaxValue;

    public static byte[] LocalHeader(ZipEntry entry)
    {
        var name = Encoding.ASCII.GetBytes(entry.Name);
        var writer = new Writer(LocalFixedLength + name.Length + LocalExtraLength);
        writer.U32(LocalSignature);
        WriteCommon(writer, entry, name.Length, LocalExtraLength);
        writer.Bytes(name);
        writer.U16(1);
        writer.U16(LocalExtraLength - 4);
        writer.U64(entry.Length);
        writer.U64(entry.Length);
        return writer.Done();
    }

    /// <summary>All that stands behind the last entry.</summary>
    public static byte[] Tail(IReadOnlyList<ZipEntry> entries, long offset)
    {
        var directoryLength = entries.Sum(entry => 46 + entry.Name.Length + 28);
        var writer = new Writer(directoryLength + 56 + 20 + 22);
        foreach (var entry in entries)
        {
            WriteCentralHeader(writer, entry);
        }
        writer.U32(0x06064b50);
        writer.U64(44);
        writer.U16(Version);
        writer.U16(Version);
        writer.U32(0);
        writer.U32(0);
        writer.U64(entries.Count);
        writer.U64(entries.Count);
        writer.U64(directoryLength);
        writer.U64(offset);
        writer.U32(0x07064b50);
        writer.U32(0);
        writer.U64(offset + directoryLength);
        writer.U32(1);
        writer.U32(0x06054b50);
        writer.U16(0);
        writer.U16(0);
        writer.U16(ushort.MaxValue);
        writer.U16(ushort.MaxValue);
        writer.U32(InZip64);
        writer.U32(InZip64);
        writer.U16(0);
        return writer.Done();
    }

    private static void WriteCentralHeader(Writer writer, ZipEntry entry)
    {
        var name = Encoding.ASCII.GetBytes(entry.Name);
        writer.U32(0x02014b50);
        writer.U16(Version);
        WriteCommon(writer, entry, name.Length, 28);
        writer.U16(0);
        writer.U16(0);
        writer.U16(0);
        writer.U32(0);
        writer.U32(InZip64);
        writer.Bytes(name);
        writer.U16(1);
        writer.U16(24);
        writer.U64(entry.Length);
        writer.U64(entry.Length);
        writer.U64(entry.Offset);
    }

    private static void WriteCommon(Writer writer, ZipEntry entry, int nameLength, int extraLength)
    {
        writer.U16(Version);
        writer.U16(0);
        writer.U16(0);
        writer.U16(0);
        writer.U16(Date);
        writer.U32(entry.Crc);
        writer.U32(InZip64);
        writer.U32(InZip64);
        writer.U16((ushort)nameLength);
        writer.U16((ushort)extraLength);
    }

    private sealed class Writer(int length)
    {
        private readonly byte[] _bytes = new byte[length];
        private int _at;

        public void U16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_at), value);
            _at += 2;
        }

        public void U32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_at), value);
            _at += 4;
        }

        public void U64(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_at), value);
            _at += 8;
        }

        public void Bytes(ReadOnlySpan<byte> value)
        {
            value.CopyTo(_bytes.AsSpan(_at));
            _at += value.Length;
        }

        public byte[] Done() =>
            _at == _bytes.Length
                ? _bytes
                : throw new System.Diagnostics.UnreachableException($"{_at} of {_bytes.Length} bytes were written.");
    }
}
