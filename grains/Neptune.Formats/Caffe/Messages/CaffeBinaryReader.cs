using System.Buffers.Binary;

namespace Neptune.Formats;

/// <summary>Reads messages in protocol buffers' binary form. Weights stay slices of the file.</summary>
internal static class CaffeBinaryReader
{
    /// <summary>Reads a whole file's bytes, which must not change later.</summary>
    /// <exception cref="ModelFileException">They are no sound message of that type; the error says the byte.</exception>
    public static CaffeMessage Read(ReadOnlyMemory<byte> bytes, string file, CaffeMessageType type) =>
        Read(ProtobufMessage.Whole(bytes, file), type);

    private static CaffeMessage Read(ProtobufMessage bytes, CaffeMessageType type)
    {
        var message = new CaffeMessage(type, new(bytes.File, 0, bytes.Start));
        var reader = bytes.Read();
        while (reader.Next())
        {
            var place = new CaffePlace(bytes.File, 0, bytes.Start);
            // Programs that grew out of Caffe use free numbers for other things: a field of another form is not this one.
            if (type.Find(reader.Field) is not { } field || !IsOf(field.Kind, reader.Wire))
            {
                message.AddUnknown($"field {reader.Field}", place);
                reader.Skip();
                continue;
            }
            ReadField(message, field, ref reader, place);
        }
        return message;
    }

    private static void ReadField(CaffeMessage message, CaffeField field, ref ProtobufReader reader, CaffePlace place)
    {
        switch (field.Kind)
        {
            case CaffeFieldKind.Message:
                var part = reader.Message();
                message.Add(
                    field,
                    new(field.MessageType == "BlobProto" ? part : Read(part, CaffeSchema.Of(field.MessageType)), place)
                );
                break;
            case CaffeFieldKind.Text:
                message.Add(field, new(reader.Text(), place));
                break;
            case CaffeFieldKind.Real:
                for (var rest = reader.Numbers(ProtobufWire.Fixed32).Span; !rest.IsEmpty; rest = rest[sizeof(float)..])
                {
                    message.Add(field, new(BinaryPrimitives.ReadSingleLittleEndian(rest), place));
                }
                break;
            default:
                var end = reader.Repeated(ProtobufWire.Varint);
                while (reader.Before(end))
                {
                    if (Whole(field, reader.Int64Element(end)) is { } value)
                    {
                        message.Add(field, new(value, place));
                    }
                    else
                    {
                        message.AddUnknown(field.Name, place);
                    }
                }
                break;
        }
    }

    private static bool IsOf(CaffeFieldKind kind, ProtobufWire wire) =>
        wire == ProtobufWire.Length
        || kind switch
        {
            CaffeFieldKind.Message or CaffeFieldKind.Text => false,
            CaffeFieldKind.Real => wire == ProtobufWire.Fixed32,
            _ => wire == ProtobufWire.Varint,
        };

    // A choice of another version is none.
    private static object? Whole(CaffeField field, long number) =>
        field.Kind switch
        {
            CaffeFieldKind.Flag => number != 0,
            CaffeFieldKind.Choice => field.Choices.Where(c => c.Number == number).Select(c => c.Name).FirstOrDefault(),
            CaffeFieldKind.Count when number < 0 => null,
            _ => number,
        };
}
