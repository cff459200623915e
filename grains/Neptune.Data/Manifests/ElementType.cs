using System.Text.Json.Serialization;

namespace Neptune.Data;

/// <summary>How one feature is stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ElementType>))]
public enum ElementType
{
    /// <summary>One byte, 0 to 255: pixels.</summary>
    [JsonStringEnumMemberName("uint8")]
    UInt8,

    /// <summary>IEEE 754 single precision, little-endian.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,
}
