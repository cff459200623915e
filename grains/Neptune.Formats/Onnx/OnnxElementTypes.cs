using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Neptune's element types by ONNX's numbers.</summary>
internal static class OnnxElementTypes
{
    /// <summary>The type of that number; null where Neptune has none.</summary>
    public static ElementType? Of(int number) =>
        (OnnxDataType)number switch
        {
            OnnxDataType.FLOAT => ElementType.Float32,
            OnnxDataType.DOUBLE => ElementType.Float64,
            OnnxDataType.FLOAT16 => ElementType.Float16,
            OnnxDataType.BFLOAT16 => ElementType.BFloat16,
            OnnxDataType.INT8 => ElementType.Int8,
            OnnxDataType.INT16 => ElementType.Int16,
            OnnxDataType.INT32 => ElementType.Int32,
            OnnxDataType.INT64 => ElementType.Int64,
            OnnxDataType.UINT8 => ElementType.UInt8,
            OnnxDataType.UINT16 => ElementType.UInt16,
            OnnxDataType.UINT32 => ElementType.UInt32,
            OnnxDataType.UINT64 => ElementType.UInt64,
            OnnxDataType.BOOL => ElementType.Boolean,
            _ => null,
        };

    /// <summary>The type of that number, where operators compute with it; null where they do not.</summary>
    public static ElementType? Computed(int number) =>
        Of(number) is { } type and not (ElementType.UInt16 or ElementType.UInt32 or ElementType.UInt64) ? type : null;

    /// <summary>The number of a type.</summary>
    public static int Number(ElementType type) =>
        (int)Enum.GetValues<OnnxDataType>().First(number => Of((int)number) == type);

    /// <summary>A number's name in the standard, or the number where the name is not known.</summary>
    public static string Name(int number) =>
        Enum.IsDefined((OnnxDataType)number) ? ((OnnxDataType)number).ToString() : $"number {number}";
}
