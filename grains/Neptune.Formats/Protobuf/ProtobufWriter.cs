using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Neptune.Formats;

/// <summary>
/// Writes one protocol buffer message, field by field. Long bytes are not copied but remembered, so that a model takes
/// no more memory than its weights; they must not change until the message is written out.
/// </summary>
internal sealed class ProtobufWriter
{
    private const int LongBytes = 4096;
    private readonly List<ReadOnlyMemory<byte>> _parts = [];
    private ArrayBufferWriter<byte> _current = new();
    private long _partsLength;

    /// <summary>How many bytes the message has so far.</summary>
    public long Length => _partsLength + _current.WrittenCount;

    /// <summary>Writes a whole number.</summary>
    public ProtobufWriter Int64(int field, long value)
    {
        Tag(field, ProtobufWire.Varint);
        Varint((ulong)value);
        return this;
    }

    /// <summary>Writes a float32.</summary>
    public ProtobufWriter Float(int field, float value)
    {
        Tag(field, ProtobufWire.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_current.GetSpan(sizeof(float)), value);
        _current.Advance(sizeof(float));
        return this;
    }

    /// <summary>Writes a float64.</summary>
    public ProtobufWriter Double(int field, double value)
    {
        Tag(field, ProtobufWire.Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(_current.GetSpan(sizeof(double)), value);
        _current.Advance(sizeof(double));
        return this;
    }

    /// <summary>Writes a text.</summary>
    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes bytes, which must not change until the message is written out.</summary>
    public ProtobufWriter Bytes(int field, ReadOnlyMemory<byte> value)
    {
        Tag(field, ProtobufWire.Length);
        Varint((ulong)value.Length);
        Append(value);
        return this;
    }

    /// <summary>Writes a message, which must not change later.</summary>
    public ProtobufWriter Message(int field, ProtobufWriter message)
    {
        Tag(field, ProtobufWire.Length);
        Varint((ulong)message.Length);
        foreach (var part in message._parts)
        {
            Append(part);
        }
        Append(message._current.WrittenMemory);
        return this;
    }

    /// <summary>Writes whole numbers in packed form; none where there are none.</summary>
    public ProtobufWriter PackedInt64s(int field, IEnumerable<long> values)
    {
        var packed = new ProtobufWriter();
        foreach (var value in values)
        {
            packed.Varint((ulong)value);
        }
        return packed.Length > 0 ? Message(field, packed) : this;
    }

    /// <summary>Writes whole numbers, each as a field of its own.</summary>
    public ProtobufWriter Int64s(int field, IEnumerable<long> values)
    {
        foreach (var value in values)
        {
            Int64(field, value);
        }
        return this;
    }

    /// <summary>Writes the whole message to a stream.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (var part in _parts)
        {
            stream.Write(part.Span);
        }
        stream.Write(_current.WrittenSpan);
    }

    /// <summary>The whole message.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream(checked((int)Length));
        WriteTo(stream);
        return stream.ToArray();
    }

    private void Tag(int field, ProtobufWire wire) => Varint(((ulong)field << 3) | (ulong)wire);

    private void Varint(ulong value)
    {
        const int MostBytes = 10;
        var span = _current.GetSpan(MostBytes);
        var count = 0;
        while (value >= 0x80)
        {
            span[count++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[count++] = (byte)value;
        _current.Advance(count);
    }

    private void Append(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < LongBytes)
        {
            _current.Write(bytes.Span);
            return;
        }
        if (_current.WrittenCount > 0)
        {
            _parts.Add(_current.WrittenMemory);
            _partsLength += _current.WrittenCount;
            _current = new();
        }
        _parts.Add(bytes);
        _partsLength += bytes.Length;
    }
}
