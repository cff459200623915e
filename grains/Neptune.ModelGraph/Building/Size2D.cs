namespace Neptune.ModelGraph;

/// <summary>A height and a width in elements; one number means both.</summary>
/// <param name="Height">Vertical.</param>
/// <param name="Width">Horizontal.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>A square.</summary>
    public static implicit operator Size2D(int side) => FromInt32(side);

    /// <summary>A height and a width.</summary>
    public static implicit operator Size2D((int Height, int Width) size) => FromValueTuple(size);

    /// <summary>A square.</summary>
    public static Size2D FromInt32(int side) => new(side, side);

    /// <summary>A height and a width.</summary>
    public static Size2D FromValueTuple((int Height, int Width) size) => new(size.Height, size.Width);

    internal bool IsPositive => Height > 0 && Width > 0;

    internal long[] ToLongs() => [Height, Width];

    /// <summary>For example <c>3x3</c>.</summary>
    public override string ToString() => $"{Height}x{Width}";
}
