namespace Neptune.Formats;

/// <summary>The numbers of ONNX's element types: TensorProto.DataType of onnx.proto, by its names.</summary>
internal enum OnnxDataType
{
    /// <summary>Not said.</summary>
    UNDEFINED = 0,

    /// <summary>IEEE 754 binary32.</summary>
    FLOAT = 1,

    /// <summary>Unsigned 8-bit integer.</summary>
    UINT8 = 2,

    /// <summary>Signed 8-bit integer.</summary>
    INT8 = 3,

    /// <summary>Unsigned 16-bit integer.</summary>
    UINT16 = 4,

    /// <summary>Signed 16-bit integer.</summary>
    INT16 = 5,

    /// <summary>Signed 32-bit integer.</summary>
    INT32 = 6,

    /// <summary>Signed 64-bit integer.</summary>
    INT64 = 7,

    /// <summary>Texts; refused.</summary>
    STRING = 8,

    /// <summary>One byte, 0 or 1.</summary>
    BOOL = 9,

    /// <summary>IEEE 754 binary16.</summary>
    FLOAT16 = 10,

    /// <summary>IEEE 754 binary64.</summary>
    DOUBLE = 11,

    /// <summary>Unsigned 32-bit integer.</summary>
    UINT32 = 12,

    /// <summary>Unsigned 64-bit integer.</summary>
    UINT64 = 13,

    /// <summary>Two binary32; refused.</summary>
    COMPLEX64 = 14,

    /// <summary>Two binary64; refused.</summary>
    COMPLEX128 = 15,

    /// <summary>The upper half of a binary32.</summary>
    BFLOAT16 = 16,

    /// <summary>8 bits; refused.</summary>
    FLOAT8E4M3FN = 17,

    /// <summary>8 bits; refused.</summary>
    FLOAT8E4M3FNUZ = 18,

    /// <summary>8 bits; refused.</summary>
    FLOAT8E5M2 = 19,

    /// <summary>8 bits; refused.</summary>
    FLOAT8E5M2FNUZ = 20,

    /// <summary>Half a byte; refused.</summary>
    UINT4 = 21,

    /// <summary>Half a byte; refused.</summary>
    INT4 = 22,

    /// <summary>Half a byte; refused.</summary>
    FLOAT4E2M1 = 23,

    /// <summary>8 bits; refused.</summary>
    FLOAT8E8M0 = 24,

    /// <summary>A quarter of a byte; refused.</summary>
    UINT2 = 25,

    /// <summary>A quarter of a byte; refused.</summary>
    INT2 = 26,
}
