namespace Neptune.ModelGraph;

internal sealed record Pooling2DLayer(bool Maximum, Size2D Pool, Size2D Strides, Padding Padding, string? LayerName)
    : Layer(LayerName)
{
    internal override string Stem => Maximum ? "max_pooling2d" : "average_pooling2d";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequirePositive("pool", Pool);
        scope.RequirePositive("strides", Strides);
        var image = scope.Image(input);
        scope.RequireFits(image, Pool, 1, Padding);
        return scope.Operation(
            Maximum ? "MaxPool" : "AveragePool",
            [image.Name],
            channelsFirst: true,
            ("auto_pad", Padding == Padding.Same ? "SAME_UPPER" : "VALID"),
            ("kernel_shape", Pool.ToLongs()),
            ("strides", Strides.ToLongs())
        );
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(Maximum ? "MaxPooling2D" : "AveragePooling2D")}({Pool})";
}
