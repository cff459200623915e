using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Reads the types of values.</summary>
internal static class OnnxTypeReader
{
    /// <summary>A ValueInfoProto.</summary>
    public static OnnxValueInfo ValueInfo(ProtobufMessage message)
    {
        var reader = message.Read();
        var name = "";
        OnnxType? type = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    type = type is null
                        ? Type(reader.Message())
                        : throw OnnxReader.Twice(reader, $"the type of value {name}");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return new(name, type ?? OnnxType.Unknown);
    }

    /// <summary>A TypeProto.</summary>
    public static OnnxType Type(ProtobufMessage message)
    {
        var reader = message.Read();
        var type = OnnxType.Unknown;
        while (reader.Next())
        {
            var kind = reader.Field switch
            {
                1 => OnnxValueKind.Tensor,
                4 => OnnxValueKind.Sequence,
                5 => OnnxValueKind.Map,
                7 => OnnxValueKind.Opaque,
                8 => OnnxValueKind.SparseTensor,
                9 => OnnxValueKind.Optional,
                _ => OnnxValueKind.Unknown,
            };
            if (kind == OnnxValueKind.Unknown)
            {
                reader.Skip();
                continue;
            }
            if (type.Kind != OnnxValueKind.Unknown)
            {
                throw OnnxReader.Twice(reader, "what a value is");
            }
            type = Inner(kind, reader.Message());
        }
        return type;
    }

    private static OnnxType Inner(OnnxValueKind kind, ProtobufMessage message)
    {
        var reader = message.Read();
        var type = new OnnxType { Kind = kind };
        while (reader.Next())
        {
            switch (kind, reader.Field)
            {
                case (OnnxValueKind.Tensor or OnnxValueKind.SparseTensor or OnnxValueKind.Map, 1):
                    type = type with { ElementType = reader.Int32() };
                    break;
                case (OnnxValueKind.Tensor or OnnxValueKind.SparseTensor, 2) when type.Dimensions is null:
                    type = type with { Dimensions = Shape(reader.Message()) };
                    break;
                case (OnnxValueKind.Sequence or OnnxValueKind.Optional, 1) when type.Element is null:
                case (OnnxValueKind.Map, 2) when type.Element is null:
                    type = type with { Element = Type(reader.Message()) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return type;
    }

    private static ImmutableArray<OnnxDimension> Shape(ProtobufMessage message)
    {
        var reader = message.Read();
        var dimensions = ImmutableArray.CreateBuilder<OnnxDimension>();
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                dimensions.Add(Dimension(reader.Message()));
            }
            else
            {
                reader.Skip();
            }
        }
        return dimensions.DrainToImmutable();
    }

    private static OnnxDimension Dimension(ProtobufMessage message)
    {
        var reader = message.Read();
        var dimension = new OnnxDimension(null, null);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                // The two exclude each other: the one that stands last counts.
                case 1:
                    dimension = new(reader.Int64(), null);
                    break;
                case 2:
                    var symbol = reader.Text();
                    dimension = new(null, symbol.Length > 0 ? symbol : null);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return dimension;
    }
}
