using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// TensorFlow's element types by their numbers in
/// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto.
/// </summary>
internal static class TensorFlowDataType
{
    /// <summary>float32.</summary>
    public const int Float = 1;

    /// <summary>Signed 32-bit integers.</summary>
    public const int Int32 = 3;

    /// <summary>Texts or bytes.</summary>
    public const int Text = 7;

    /// <summary>Signed 64-bit integers.</summary>
    public const int Int64 = 9;

    /// <summary>Truth values.</summary>
    public const int Boolean = 10;

    private const int Reference = 100; // what is added for a variable that may be assigned to

    private static readonly string[] Names =
    [
        "DT_INVALID",
        "DT_FLOAT",
        "DT_DOUBLE",
        "DT_INT32",
        "DT_UINT8",
        "DT_INT16",
        "DT_INT8",
        "DT_STRING",
        "DT_COMPLEX64",
        "DT_INT64",
        "DT_BOOL",
        "DT_QINT8",
        "DT_QUINT8",
        "DT_QINT32",
        "DT_BFLOAT16",
        "DT_QINT16",
        "DT_QUINT16",
        "DT_UINT16",
        "DT_COMPLEX128",
        "DT_HALF",
        "DT_RESOURCE",
        "DT_VARIANT",
        "DT_UINT32",
        "DT_UINT64",
    ];

    /// <summary>Neptune's type; null where there is none.</summary>
    public static ElementType? Of(int type) =>
        (type > Reference ? type - Reference : type) switch
        {
            Float => ElementType.Float32,
            2 => ElementType.Float64,
            Int32 => ElementType.Int32,
            4 => ElementType.UInt8,
            5 => ElementType.Int16,
            6 => ElementType.Int8,
            Int64 => ElementType.Int64,
            Boolean => ElementType.Boolean,
            14 => ElementType.BFloat16,
            17 => ElementType.UInt16,
            19 => ElementType.Float16,
            22 => ElementType.UInt32,
            23 => ElementType.UInt64,
            _ => null,
        };

    /// <summary>Neptune's type where tensors of it are computed with; else null.</summary>
    public static ElementType? Computed(int type) =>
        Of(type) is { } known and not (ElementType.UInt16 or ElementType.UInt32 or ElementType.UInt64) ? known : null;

    /// <summary>The name for people.</summary>
    public static string Name(int type)
    {
        var plain = type > Reference ? type - Reference : type;
        return plain >= 0 && plain < Names.Length ? Names[plain] : $"type {type}";
    }

    /// <summary>The number of a name such as <c>DT_FLOAT</c>, or of TensorFlow.js' <c>float32</c>; 0 where it is none.</summary>
    public static int Number(string name) =>
        name switch
        {
            "float32" => Float,
            "int32" => Int32,
            "bool" => Boolean,
            "string" => Text,
            _ => Math.Max(0, Array.IndexOf(Names, name)),
        };
}
