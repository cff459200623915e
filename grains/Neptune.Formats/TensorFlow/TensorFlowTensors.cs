using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Takes the elements of TensorProtos: raw, or in a typed list of which the last element fills what is left
/// (https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor.proto).
/// </summary>
internal static class TensorFlowTensors
{
    private const int Content = 4;
    private const int Texts = 8;
    private const int Half = 13;
    private const long RepeatedAtLeast = 1 << 20; // bytes that one element may stand for, in a file of any size
    private const long RepeatedPerByte = 256;

    /// <summary>A tensor's elements. Raw ones are not copied.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="title">How errors name it.</param>
    /// <exception cref="TensorFlowRefusedException">Neptune lacks the type.</exception>
    /// <exception cref="ModelFileException">Elements are missing or damaged.</exception>
    public static TensorValue ToValue(TensorFlowTensor tensor, string title)
    {
        if (tensor.Value is { } value)
        {
            return value;
        }
        var message = tensor.Message!.Value;
        var type =
            TensorFlowDataType.Of(tensor.DataType)
            ?? throw new TensorFlowRefusedException(
                $"elements of {TensorFlowDataType.Name(tensor.DataType)} are not computed with"
            );
        var lengths =
            tensor.Shape.Lengths is { } known && known.All(length => length >= 0)
                ? known
                : throw message.Error($"{title} has a length that is not known. The file is damaged.");
        var bytes = type.SizeBytes(lengths);
        if (bytes > Array.MaxLength)
        {
            throw message.Error(
                $"{title} of shape ({string.Join(", ", lengths)}) has more than the {Array.MaxLength} bytes that a "
                    + "tensor may have."
            );
        }
        var elements = Elements(message, type, (long)bytes, title);
        if (type == ElementType.Boolean && elements.Span.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw message.Error($"{title} holds truth values other than 0 and 1. The file is damaged.");
        }
        return new(type, Shape.Of(lengths.AsSpan()), elements);
    }

    /// <summary>The elements of a tensor of texts.</summary>
    public static ImmutableArray<string> ToTexts(TensorFlowTensor tensor)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        if (tensor.Message is not { } message)
        {
            return [];
        }
        var reader = message.Read();
        while (reader.Next())
        {
            if (reader.Field == Texts)
            {
                texts.Add(Encoding.UTF8.GetString(reader.Bytes().Span));
            }
            else
            {
                reader.Skip();
            }
        }
        return texts.DrainToImmutable();
    }

    private static ReadOnlyMemory<byte> Elements(ProtobufMessage message, ElementType type, long bytes, string title)
    {
        var listed = new List<byte>();
        var size = type.SizeBytes();
        var reader = message.Read();
        while (reader.Next())
        {
            if (reader.Field == Content && reader.Wire == ProtobufWire.Length)
            {
                var raw = reader.Bytes();
                if (raw.Length == bytes)
                {
                    return raw;
                }
                if (raw.Length > 0)
                {
                    throw reader.Error(
                        $"{title} should have {bytes} bytes of {type} elements, and has {raw.Length}. The file is damaged."
                    );
                }
            }
            else if (reader.Field == ListOf(type))
            {
                AddListed(ref reader, type, size, listed);
                if (listed.Count > bytes)
                {
                    throw reader.Error($"{title} has more than its {bytes / size} elements. The file is damaged.");
                }
            }
            else
            {
                reader.Skip();
            }
        }
        return Filled(message, listed, size, bytes, title);
    }

    private static int ListOf(ElementType type) =>
        type switch
        {
            ElementType.Float32 => 5,
            ElementType.Float64 => 6,
            ElementType.Int64 => 10,
            ElementType.Boolean => 11,
            ElementType.UInt32 => 16,
            ElementType.UInt64 => 17,
            ElementType.Float16 or ElementType.BFloat16 => Half,
            _ => 7,
        };

    private static void AddListed(ref ProtobufReader reader, ElementType type, int size, List<byte> listed)
    {
        if (type is ElementType.Float32 or ElementType.Float64)
        {
            var numbers = reader.Numbers(type == ElementType.Float32 ? ProtobufWire.Fixed32 : ProtobufWire.Fixed64);
            listed.AddRange(numbers.Span);
            return;
        }
        Span<byte> number = stackalloc byte[sizeof(long)];
        var end = reader.Repeated(ProtobufWire.Varint);
        while (reader.Before(end))
        {
            // Numbers are written with their sign extended; the low bytes are the element.
            BinaryPrimitives.WriteInt64LittleEndian(number, reader.Int64Element(end));
            listed.AddRange((ReadOnlySpan<byte>)number[..size]);
        }
    }

    private static byte[] Filled(ProtobufMessage message, List<byte> listed, int size, long bytes, string title)
    {
        if (listed.Count == bytes)
        {
            return [.. listed];
        }
        if (bytes > RepeatedAtLeast + (RepeatedPerByte * message.Bytes.Length))
        {
            throw message.Error(
                $"{title} should have {bytes} bytes of elements, and the file has {listed.Count}. It is damaged or cut off."
            );
        }
        var elements = new byte[bytes];
        listed.CopyTo(elements);
        if (listed.Count > 0)
        {
            var last = elements.AsSpan(listed.Count - size, size);
            for (var at = listed.Count; at < elements.Length; at += size)
            {
                last.CopyTo(elements.AsSpan(at));
            }
        }
        return elements;
    }
}
