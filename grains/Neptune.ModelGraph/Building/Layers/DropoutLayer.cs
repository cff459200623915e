namespace Neptune.ModelGraph;

internal sealed record DropoutLayer(float Rate, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "dropout";

    internal override GraphValue Apply(LayerScope scope, GraphValue input) =>
        Rate is >= 0 and < 1
            ? scope.Operation("Dropout", [input.Name], input.ChannelsFirst, ("ratio", Rate))
            : throw scope.Error($"the rate is {Rate}, and must be at least 0 and less than 1: the share to drop.");

    /// <inheritdoc/>
    public override string ToString() => $"Dropout({Rate})";
}
