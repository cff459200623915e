namespace Neptune.Formats;

/// <summary>How a field's value lies in a protocol buffer: the lowest three bits of its tag.</summary>
internal enum ProtobufWire
{
    /// <summary>A number in groups of seven bits, lowest first.</summary>
    Varint = 0,

    /// <summary>Eight bytes, little endian.</summary>
    Fixed64 = 1,

    /// <summary>A length, then so many bytes: a text, bytes, a message or packed numbers.</summary>
    Length = 2,

    /// <summary>The old way to begin a message; refused.</summary>
    GroupStart = 3,

    /// <summary>The old way to end a message; refused.</summary>
    GroupEnd = 4,

    /// <summary>Four bytes, little endian.</summary>
    Fixed32 = 5,
}
