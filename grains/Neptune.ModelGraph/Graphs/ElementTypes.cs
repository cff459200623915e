namespace Neptune.ModelGraph;

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>How many bytes an element takes.</summary>
    public static int SizeBytes(this ElementType type) =>
        type switch
        {
            ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
            ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
            ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
            ElementType.UInt8 or ElementType.Int8 or ElementType.Boolean => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type."),
        };

    /// <summary>How many bytes the elements of a tensor take; exact up to 2^63, and from there on some greater number.</summary>
    /// <param name="type">What an element is.</param>
    /// <param name="lengths">The tensor's lengths, none negative.</param>
    public static Int128 SizeBytes(this ElementType type, IEnumerable<long> lengths) =>
        lengths.Aggregate(
            (Int128)type.SizeBytes(),
            (product, length) => product > long.MaxValue ? product : product * length
        );

    /// <summary>True for real numbers in floating point.</summary>
    public static bool IsFloating(this ElementType type) =>
        type is ElementType.Float32 or ElementType.Float16 or ElementType.Float64 or ElementType.BFloat16;

    /// <summary>True for whole numbers; false for truth values.</summary>
    public static bool IsInteger(this ElementType type) => type != ElementType.Boolean && !type.IsFloating();
}
