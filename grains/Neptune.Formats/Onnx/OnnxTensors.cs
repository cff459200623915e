using System.Buffers.Binary;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Takes the elements of ONNX's tensors.</summary>
internal static class OnnxTensors
{
    private const int FloatData = 4;
    private const int Int32Data = 5;
    private const int Int64Data = 7;
    private const int DoubleData = 10;
    private const int UInt64Data = 11;

    /// <summary>A tensor's elements. Elements that lie in the file as Neptune wants them are not copied.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="folder">The model's folder; null refuses elements in other files.</param>
    /// <exception cref="ModelFileException">Neptune lacks the type, or elements are missing or damaged.</exception>
    public static TensorValue ToValue(OnnxTensor tensor, string? folder)
    {
        var type =
            OnnxElementTypes.Of(tensor.DataType)
            ?? throw tensor.Message.Error(
                $"{tensor.Title} has elements of type {OnnxElementTypes.Name(tensor.DataType)}, which Neptune does not "
                    + "have. Export the model with float32 weights."
            );
        var count = Count(tensor, type.SizeBytes());
        var bytes = count * type.SizeBytes();
        var value = new TensorValue(type, Shape.Of(tensor.Dimensions.AsSpan()), Elements(tensor, type, count, folder));
        if (value.Bytes.Length != bytes)
        {
            throw tensor.Message.Error(
                $"{tensor.Title} of shape {value.Shape} should have {bytes} bytes of {type} elements, and has "
                    + $"{value.Bytes.Length}. The file is damaged."
            );
        }
        if (type == ElementType.Boolean && value.Bytes.Span.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw tensor.Message.Error($"{tensor.Title} holds truth values other than 0 and 1. The file is damaged.");
        }
        return value;
    }

    // The product of the lengths, once it is known that an array can hold so many elements.
    private static long Count(OnnxTensor tensor, int size)
    {
        var count = 1L;
        foreach (var length in tensor.Dimensions)
        {
            if (length < 0)
            {
                throw tensor.Message.Error($"{tensor.Title} has a dimension of length {length}. The file is damaged.");
            }
        }
        if (tensor.Dimensions.Contains(0))
        {
            return 0;
        }
        foreach (var length in tensor.Dimensions)
        {
            if (length > Array.MaxLength / size / count)
            {
                throw tensor.Message.Error(
                    $"{tensor.Title} of lengths {string.Join(" x ", tensor.Dimensions.Take(8))} has more than the "
                        + $"{Array.MaxLength} bytes that a tensor may have."
                );
            }
            count *= length;
        }
        return count;
    }

    private static ReadOnlyMemory<byte> Elements(OnnxTensor tensor, ElementType type, long count, string? folder)
    {
        if (tensor.ExternalData is { } place)
        {
            return folder is null
                ? throw tensor.Message.Error(
                    $"{tensor.Title} has its elements in file {place.Location}, and this model has no folder."
                )
                : OnnxExternalFile.Read(tensor, place, folder, count * type.SizeBytes());
        }
        if (tensor.RawData is { } raw && (raw.Length > 0 || count == 0))
        {
            return raw;
        }
        return type switch
        {
            ElementType.Float32 => Fixed(tensor, FloatData, ProtobufWire.Fixed32),
            ElementType.Float64 => Fixed(tensor, DoubleData, ProtobufWire.Fixed64),
            ElementType.Int64 => Varints(tensor, Int64Data, type, count),
            ElementType.UInt32 or ElementType.UInt64 => Varints(tensor, UInt64Data, type, count),
            _ => Varints(tensor, Int32Data, type, count),
        };
    }

    private static ReadOnlyMemory<byte> Fixed(OnnxTensor tensor, int field, ProtobufWire wire)
    {
        var slices = new List<ReadOnlyMemory<byte>>();
        var reader = tensor.Message.Read();
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                slices.Add(reader.Numbers(wire));
            }
            else
            {
                reader.Skip();
            }
        }
        if (slices.Count == 1)
        {
            return slices[0];
        }
        var all = new byte[slices.Sum(slice => slice.Length)];
        var position = 0;
        foreach (var slice in slices)
        {
            slice.Span.CopyTo(all.AsSpan(position));
            position += slice.Length;
        }
        return all;
    }

    private static ReadOnlyMemory<byte> Varints(OnnxTensor tensor, int field, ElementType type, long count)
    {
        // A number takes at least a byte: a tensor that claims more of them than its message has bytes gets no memory.
        if (count > tensor.Message.End - tensor.Message.Start)
        {
            throw TooFew(tensor, count);
        }
        var size = type.SizeBytes();
        var elements = new byte[count * size];
        var rest = elements.AsSpan();
        var reader = tensor.Message.Read();
        while (reader.Next())
        {
            if (reader.Field != field)
            {
                reader.Skip();
                continue;
            }
            var end = reader.Repeated(ProtobufWire.Varint);
            while (reader.Before(end))
            {
                var number = reader.Int64Element(end);
                if (rest.IsEmpty)
                {
                    throw reader.Error($"{tensor.Title} has more than its {count} elements. The file is damaged.");
                }
                if (!Fits(type, number))
                {
                    throw reader.Error($"{tensor.Title} holds {number}, which is no {type}. The file is damaged.");
                }
                Write(rest, number, size);
                rest = rest[size..];
            }
        }
        return rest.IsEmpty ? elements : throw TooFew(tensor, count);
    }

    private static void Write(Span<byte> target, long number, int size)
    {
        switch (size)
        {
            case 1:
                target[0] = unchecked((byte)number);
                break;
            case 2:
                BinaryPrimitives.WriteInt16LittleEndian(target, unchecked((short)number));
                break;
            case 4:
                BinaryPrimitives.WriteInt32LittleEndian(target, unchecked((int)number));
                break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(target, number);
                break;
        }
    }

    // Half-precision numbers stand as the 16 bits that they consist of.
    private static bool Fits(ElementType type, long number) =>
        type switch
        {
            ElementType.Int8 => number is >= sbyte.MinValue and <= sbyte.MaxValue,
            ElementType.UInt8 or ElementType.Boolean => number is >= 0 and <= byte.MaxValue,
            ElementType.Int16 => number is >= short.MinValue and <= short.MaxValue,
            ElementType.UInt16 or ElementType.Float16 or ElementType.BFloat16 => number is >= 0 and <= ushort.MaxValue,
            // Some writers do not extend the sign of a negative number to 64 bits.
            ElementType.Int32 => number is >= int.MinValue and <= uint.MaxValue,
            ElementType.UInt32 => number is >= 0 and <= uint.MaxValue,
            _ => true,
        };

    private static ModelFileException TooFew(OnnxTensor tensor, long count) =>
        tensor.Message.Error(
            $"{tensor.Title} should have {count} elements, and holds fewer. The file is damaged or cut off."
        );
}
