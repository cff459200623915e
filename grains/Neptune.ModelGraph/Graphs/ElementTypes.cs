namespace Neptune.ModelGraph;

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>How many bytes an element takes.</summary>
    public static int SizeBytes(this ElementType type) =>
        type switch
        {
            ElementType.Float64 or ElementType.Int64 => 8,
            ElementType.Float32 or ElementType.Int32 => 4,
            ElementType.Float16 => 2,
            ElementType.UInt8 or ElementType.Boolean => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type."),
        };
}
