namespace Neptune.ModelGraph;

internal sealed record FlattenLayer(string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "flatten";

    // Elements come in the order in which they lie: for images behind a convolution channel by channel. The order is the
    // same in training and inference, and that is all the next layer's weights ask for.
    internal override GraphValue Apply(LayerScope scope, GraphValue input) =>
        scope.Operation("Flatten", [input.Name], channelsFirst: false, ("axis", 1L));

    /// <inheritdoc/>
    public override string ToString() => "Flatten()";
}
