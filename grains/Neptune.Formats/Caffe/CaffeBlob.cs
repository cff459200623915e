using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A layer's weights as a file holds them: a BlobProto.</summary>
internal sealed class CaffeBlob
{
    private const int FloatData = 5;
    private const int DoubleData = 8;
    private readonly ProtobufMessage _message;
    private readonly ReadOnlyMemory<byte> _only; // the float32 numbers, where they lie in one piece
    private readonly long _floatCount;
    private readonly long _doubleCount;

    private CaffeBlob(ProtobufMessage message)
    {
        _message = message;
        var legacy = new long[4];
        var (isLegacy, pieces) = (false, 0);
        ImmutableArray<long>? shape = null;
        var reader = message.Read();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case >= 1 and <= 4:
                    legacy[reader.Field - 1] = reader.Int32();
                    isLegacy = true;
                    break;
                case FloatData:
                    _only = reader.Numbers(ProtobufWire.Fixed32);
                    _floatCount += _only.Length / sizeof(float);
                    pieces++;
                    break;
                case DoubleData:
                    _doubleCount += reader.Numbers(ProtobufWire.Fixed64).Length / sizeof(double);
                    break;
                case 7:
                    shape = ShapeOf(reader.Message());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        _only = pieces == 1 ? _only : default;
        // As in Caffe, the old lengths hold where both are given.
        Lengths = isLegacy ? [.. legacy] : shape ?? [];
        if (Lengths.Any(length => length < 0))
        {
            throw message.Error($"weights have the lengths {Text}, and none may be negative. The file is damaged.");
        }
    }

    /// <summary>The lengths that the file gives.</summary>
    public ImmutableArray<long> Lengths { get; }

    /// <summary>How many numbers there are. As in Caffe, those of binary64 hold where there are any.</summary>
    public long Count => _doubleCount > 0 ? _doubleCount : _floatCount;

    /// <summary>The lengths, for errors.</summary>
    public string Text => $"({string.Join(", ", Lengths)})";

    /// <summary>Reads a blob.</summary>
    /// <exception cref="ModelFileException">It is damaged.</exception>
    public static CaffeBlob Read(ProtobufMessage message) => new(message);

    /// <summary>
    /// True where these weights may stand for a parameter of that shape: the lengths are equal but for ones in front, with
    /// which old files fill up to four, and behind.
    /// </summary>
    public bool Fits(Shape shape) =>
        Count == shape.ElementCount() && Essential(Lengths).SequenceEqual(Essential(shape.ToArray()));

    /// <summary>The weights in that shape, which they fit.</summary>
    public TensorValue ToValue(Shape shape)
    {
        if (_doubleCount == 0 && _only.Length > 0)
        {
            return new(ElementType.Float32, shape, _only);
        }
        var bytes = new byte[Count * sizeof(float)];
        var rest = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        var reader = _message.Read();
        while (reader.Next())
        {
            if (reader.Field == FloatData && _doubleCount == 0)
            {
                var part = reader.Numbers(ProtobufWire.Fixed32).Span;
                part.CopyTo(MemoryMarshal.AsBytes(rest));
                rest = rest[(part.Length / sizeof(float))..];
            }
            else if (reader.Field == DoubleData)
            {
                for (var part = reader.Numbers(ProtobufWire.Fixed64).Span; !part.IsEmpty; part = part[sizeof(double)..])
                {
                    rest[0] = (float)BinaryPrimitives.ReadDoubleLittleEndian(part);
                    rest = rest[1..];
                }
            }
            else
            {
                reader.Skip();
            }
        }
        return new(ElementType.Float32, shape, bytes);
    }

    private static IEnumerable<long> Essential(IReadOnlyList<long> lengths) =>
        lengths.SkipWhile(length => length == 1).Reverse().SkipWhile(length => length == 1).Reverse();

    private static ImmutableArray<long> ShapeOf(ProtobufMessage message)
    {
        var lengths = ImmutableArray.CreateBuilder<long>();
        var reader = message.Read();
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                reader.AddInt64s(lengths);
            }
            else
            {
                reader.Skip();
            }
        }
        return lengths.DrainToImmutable();
    }
}
