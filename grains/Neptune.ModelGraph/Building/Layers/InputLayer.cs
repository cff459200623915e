namespace Neptune.ModelGraph;

internal sealed record InputLayer(Shape Sample, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "input";

    internal override GraphValue Apply(LayerScope scope, GraphValue input) =>
        throw scope.Error("an input stands first. Move it to the front, or leave it out.");

    /// <inheritdoc/>
    public override string ToString() => $"Input{Sample}";
}
