namespace Neptune.ModelGraph.Operations;

/// <summary>One whole number, or the length that a symbol stands for.</summary>
/// <param name="Number">The number; without meaning where there is a symbol.</param>
/// <param name="Symbol">A dimension without fixed length, whose length it is.</param>
internal readonly record struct KnownElement(long Number, Dimension? Symbol = null)
{
    public static KnownElement Of(Dimension dimension) => dimension.IsFixed ? new(dimension.Length) : new(0, dimension);

    /// <summary>As a dimension of a shape; a negative number, which stands for a length to find, is not known.</summary>
    public Dimension AsDimension() => Symbol ?? (Number < 0 ? Dimension.Unknown : Dimension.Fixed(Number));
}
