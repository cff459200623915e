namespace Neptune.ModelGraph;

internal sealed record UpSampling2DLayer(Size2D Size, bool Interpolates, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "up_sampling2d";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequirePositive("size", Size);
        var image = scope.Image(input);
        var sizes = scope.Numbers(
            "sizes",
            checked(image.Type.Shape[2].Length * Size.Height),
            checked(image.Type.Shape[3].Length * Size.Width)
        );
        return scope.Operation(
            "Resize",
            [image.Name, "", "", sizes],
            channelsFirst: true,
            ("axes", new long[] { 2, 3 }),
            ("coordinate_transformation_mode", Interpolates ? "half_pixel" : "asymmetric"),
            ("mode", Interpolates ? "linear" : "nearest"),
            ("nearest_mode", "floor")
        );
    }

    /// <inheritdoc/>
    public override string ToString() => $"UpSampling2D({Size}{(Interpolates ? ", interpolates: true" : "")})";
}
