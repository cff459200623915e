using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Neptune.Formats;

/// <summary>
/// Reads the fields of one protocol buffer message, in the order in which they stand. Bytes are never copied: a
/// length-delimited field is a slice of the file. The bytes are not trusted: whatever is wrong becomes an error that
/// names file and position. The layout is https://protobuf.dev/programming-guides/encoding/.
/// </summary>
/// <remarks>
/// <code>
/// while (reader.Next())
/// {
///     switch (reader.Field)
///     {
///         case 1: name = reader.Text(); break;
///         default: reader.Skip(); break;
///     }
/// }
/// </code>
/// </remarks>
internal ref struct ProtobufReader
{
    /// <summary>How deep messages may lie in each other: what Google's own readers allow.</summary>
    public const int DepthLimit = 100;

    private const int VarintBytes = 10;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly ReadOnlySpan<byte> _span;
    private readonly int _start;
    private readonly int _end;
    private readonly int _depth;
    private int _position;
    private int _fieldPosition;
    private bool _pending;

    /// <summary>A reader of a whole file.</summary>
    public ProtobufReader(ReadOnlyMemory<byte> bytes, string file)
        : this(ProtobufMessage.Whole(bytes, file)) { }

    /// <summary>A reader of one message.</summary>
    public ProtobufReader(ProtobufMessage message)
    {
        (_file, _bytes, _start, _end, _depth) = message;
        _span = _bytes.Span;
        _position = _start;
        _fieldPosition = _start;
    }

    /// <summary>The number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>How its value lies.</summary>
    public ProtobufWire Wire { get; private set; }

    /// <summary>The message that is read, from its first field.</summary>
    public readonly ProtobufMessage Whole => new(_file, _bytes, _start, _end, _depth);

    /// <summary>Goes to the next field; false at the message's end.</summary>
    public bool Next()
    {
        if (_pending)
        {
            throw new InvalidOperationException($"Field {Field} was neither read nor skipped.");
        }
        if (_position == _end)
        {
            return false;
        }
        _fieldPosition = _position;
        var tag = Varint("a field's tag");
        if (tag > uint.MaxValue || tag >> 3 == 0)
        {
            throw Error("no field has such a tag. The file is damaged, or of another kind.");
        }
        (Field, Wire) = ((int)(tag >> 3), (ProtobufWire)(tag & 7));
        if (Wire is ProtobufWire.GroupStart or ProtobufWire.GroupEnd)
        {
            throw Error($"field {Field} is a group, which no file of this kind has. The file is damaged.");
        }
        if (Wire > ProtobufWire.Fixed32)
        {
            throw Error($"field {Field} has wire type {(int)Wire}, which does not exist. The file is damaged.");
        }
        _pending = true;
        return true;
    }

    /// <summary>Passes over the field's value.</summary>
    public void Skip()
    {
        _pending = false;
        switch (Wire)
        {
            case ProtobufWire.Varint:
                _ = Varint("a number");
                break;
            case ProtobufWire.Fixed64:
                _ = Take(sizeof(ulong));
                break;
            case ProtobufWire.Fixed32:
                _ = Take(sizeof(uint));
                break;
            default:
                _ = Slice();
                break;
        }
    }

    /// <summary>The field as a 64-bit number with a sign.</summary>
    public long Int64() => (long)UInt64();

    /// <summary>The field as a 64-bit number without a sign.</summary>
    public ulong UInt64()
    {
        Begin(ProtobufWire.Varint, "a whole number");
        return Varint("a number");
    }

    /// <summary>The field as a 32-bit number with a sign.</summary>
    public int Int32()
    {
        Begin(ProtobufWire.Varint, "a whole number");
        return Narrow(Varint("a number"));
    }

    /// <summary>The field as a truth value.</summary>
    public bool Bool() => UInt64() != 0;

    /// <summary>The field as a float32.</summary>
    public float Float()
    {
        Begin(ProtobufWire.Fixed32, "a float32");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));
    }

    /// <summary>The field as a float64.</summary>
    public double Double()
    {
        Begin(ProtobufWire.Fixed64, "a float64");
        return BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));
    }

    /// <summary>The field's bytes, as a slice of the file.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        Begin(ProtobufWire.Length, "bytes");
        var (start, end) = Slice();
        return _bytes[start..end];
    }

    /// <summary>The field as a text, which must be UTF-8.</summary>
    public string Text()
    {
        Begin(ProtobufWire.Length, "a text");
        var (start, end) = Slice();
        try
        {
            return StrictUtf8.GetString(_span[start..end]);
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFileException(Error($"field {Field} is a text, and not valid UTF-8.").Message, e);
        }
    }

    /// <summary>The field as a message.</summary>
    public ProtobufMessage Message()
    {
        Begin(ProtobufWire.Length, "a message");
        var (start, end) = Slice();
        return _depth < DepthLimit
            ? new(_file, _bytes, start, end, _depth + 1)
            : throw Error(
                $"field {Field} lies more than {DepthLimit} messages deep. No sound model is nested so deeply."
            );
    }

    /// <summary>Adds the field's whole numbers to a list.</summary>
    public void AddInt64s(ImmutableArray<long>.Builder numbers)
    {
        var end = Repeated(ProtobufWire.Varint);
        // A count first: the list then grows to what it needs, and not to twice as much.
        Reserve(numbers, CountVarints(end));
        while (Before(end))
        {
            numbers.Add(Int64Element(end));
        }
    }

    /// <summary>Adds the field's float32 numbers to a list.</summary>
    public void AddFloats(ImmutableArray<float>.Builder numbers)
    {
        var elements = Numbers(ProtobufWire.Fixed32).Span;
        Reserve(numbers, elements.Length / sizeof(float));
        for (; !elements.IsEmpty; elements = elements[sizeof(float)..])
        {
            numbers.Add(BinaryPrimitives.ReadSingleLittleEndian(elements));
        }
    }

    /// <summary>The field's numbers of 4 or 8 bytes, little endian, as a slice of the file.</summary>
    /// <param name="element">How each of them lies.</param>
    public ReadOnlyMemory<byte> Numbers(ProtobufWire element)
    {
        var end = Repeated(element);
        var numbers = _bytes[_position..end];
        _position = end;
        return numbers;
    }

    /// <summary>Begins a field of numbers, of which there is one, or many that are packed.</summary>
    /// <param name="element">How each of them lies.</param>
    /// <returns>The position behind the last of them, for <see cref="Before"/>.</returns>
    public int Repeated(ProtobufWire element)
    {
        Begin(Wire == element ? element : ProtobufWire.Length, "numbers");
        var size = element switch
        {
            ProtobufWire.Fixed32 => sizeof(uint),
            ProtobufWire.Fixed64 => sizeof(ulong),
            _ => 1,
        };
        if (Wire == ProtobufWire.Length)
        {
            var (start, end) = Slice();
            _position = start;
            return (end - start) % size == 0
                ? end
                : throw Error(
                    $"field {Field} packs numbers of {size} bytes into {end - start} bytes. The file is damaged."
                );
        }
        var first = _position;
        if (element == ProtobufWire.Varint)
        {
            _ = Varint("a number");
        }
        else
        {
            _ = Take(size);
        }
        (var behind, _position) = (_position, first);
        return behind;
    }

    /// <summary>True where more of the field's numbers come.</summary>
    public readonly bool Before(int end) => _position < end;

    /// <summary>The next of the field's whole numbers.</summary>
    public long Int64Element(int end) => (long)Varint("a number", end);

    /// <summary>An error at the field that <see cref="Next"/> found.</summary>
    public readonly ModelFileException Error(string problem) => new($"{_file}: byte {_fieldPosition}: {problem}");

    private static void Reserve<T>(ImmutableArray<T>.Builder numbers, int more)
    {
        var wanted = numbers.Count + more;
        if (wanted > numbers.Capacity)
        {
            numbers.Capacity = Math.Max(wanted, numbers.Count * 2);
        }
    }

    private void Begin(ProtobufWire wanted, string what)
    {
        if (!_pending)
        {
            throw new InvalidOperationException($"Field {Field} was read already.");
        }
        _pending = false;
        if (Wire != wanted)
        {
            throw Error(
                $"field {Field} should hold {what}, and has wire type {(int)Wire} ({Wire}). The file is damaged."
            );
        }
    }

    private ulong Varint(string what) => Varint(what, _end);

    private ulong Varint(string what, int end)
    {
        var value = 0UL;
        for (var i = 0; i < VarintBytes; i++)
        {
            if (_position == end)
            {
                throw Error(
                    $"{what} begins here and the bytes end at {end}, before it does. The file is cut off or damaged."
                );
            }
            var next = _span[_position++];
            if (i == VarintBytes - 1 && next > 1)
            {
                break;
            }
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }
        throw Error($"{what} takes more than 64 bits. The file is damaged.");
    }

    private readonly int Narrow(ulong value) =>
        // Some writers do not extend the sign of a negative number to 64 bits.
        (long)value is >= int.MinValue and <= uint.MaxValue
            ? unchecked((int)value)
            : throw Error($"field {Field} holds {(long)value}, which takes more than 32 bits. The file is damaged.");

    private (int Start, int End) Slice()
    {
        var length = Varint("a length");
        if (length > (ulong)(_end - _position))
        {
            throw Error(
                $"field {Field} should have {length} bytes, and {_end - _position} are left. The file is damaged."
            );
        }
        var start = _position;
        _position += (int)length;
        return (start, _position);
    }

    private ReadOnlySpan<byte> Take(int size)
    {
        if (size > _end - _position)
        {
            throw Error(
                $"field {Field} should have {size} bytes, and {_end - _position} are left. The file is damaged."
            );
        }
        _position += size;
        return _span.Slice(_position - size, size);
    }

    private readonly int CountVarints(int end)
    {
        var count = 0;
        foreach (var next in _span[_position..end])
        {
            count += next < 0x80 ? 1 : 0;
        }
        return count;
    }
}
