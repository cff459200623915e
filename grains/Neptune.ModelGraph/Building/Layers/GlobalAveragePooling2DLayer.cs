namespace Neptune.ModelGraph;

internal sealed record GlobalAveragePooling2DLayer(string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "global_average_pooling2d";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        var image = scope.Image(input);
        var means = scope.Operation("GlobalAveragePool", [image.Name], channelsFirst: true);
        return scope.FlattenBehind(means);
    }

    /// <inheritdoc/>
    public override string ToString() => "GlobalAveragePooling2D()";
}
