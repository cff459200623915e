using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What an element is, as far as weights and attributes need it (IV.A.2.d of the specification).</summary>
/// <param name="Size">Bytes of an element.</param>
/// <param name="Element">The number; null for texts and whatever else.</param>
/// <param name="IsBigEndian">True where its bytes stand the other way round.</param>
/// <param name="Text">How a text is kept; null where it is none.</param>
internal sealed record Hdf5Datatype(int Size, ElementType? Element, bool IsBigEndian, Hdf5Text? Text)
{
    private const int FixedPoint = 0;
    private const int FloatingPoint = 1;
    private const int FixedText = 3;
    private const int Opaque = 5;
    private const int Enumeration = 8;
    private const int Variable = 9;

    /// <summary>Reads a datatype message.</summary>
    public static Hdf5Datatype Read(Hdf5Input input, ReadOnlySpan<byte> message)
    {
        var cursor = new Hdf5Cursor(input, message);
        var kind = cursor.Byte() & 15;
        var flags = cursor.Byte();
        cursor.Skip(2);
        var size = cursor.UInt32();
        if (size is < 1 or > int.MaxValue)
        {
            throw input.Damaged($"an element has {size} bytes");
        }
        var bytes = (int)size;
        return kind switch
        {
            FixedPoint => new(bytes, Whole(bytes, isSigned: (flags & 8) != 0), (flags & 1) != 0, null),
            FloatingPoint => new(bytes, Floating(ref cursor, bytes), (flags & 1) != 0, null),
            FixedText => new(bytes, null, false, Hdf5Text.Fixed),
            // Keras keeps bfloat16 so.
            Opaque when bytes == 2 => new(bytes, ElementType.BFloat16, false, null),
            // h5py's truth values.
            Enumeration when bytes == 1 => new(bytes, ElementType.Boolean, false, null),
            Variable when (flags & 15) == 1 => new(bytes, null, false, Hdf5Text.Variable),
            _ => new(bytes, null, false, null),
        };
    }

    private static ElementType? Whole(int size, bool isSigned) =>
        (size, isSigned) switch
        {
            (1, true) => ElementType.Int8,
            (2, true) => ElementType.Int16,
            (4, true) => ElementType.Int32,
            (8, true) => ElementType.Int64,
            (1, false) => ElementType.UInt8,
            (2, false) => ElementType.UInt16,
            (4, false) => ElementType.UInt32,
            (8, false) => ElementType.UInt64,
            _ => null,
        };

    // IEEE 754, by the bits of the exponent.
    private static ElementType? Floating(ref Hdf5Cursor cursor, int size)
    {
        cursor.Skip(5);
        var exponent = cursor.Byte();
        return (size, exponent) switch
        {
            (2, 5) => ElementType.Float16,
            (2, 8) => ElementType.BFloat16,
            (4, 8) => ElementType.Float32,
            (8, 11) => ElementType.Float64,
            _ => null,
        };
    }
}
