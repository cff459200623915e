namespace Neptune.ModelGraph;

internal sealed record GroupNormalizationLayer(int Groups, float Epsilon, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "group_normalization";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequireCount("groups", Groups);
        scope.RequireEpsilon(Epsilon);
        var image = scope.Image(input);
        var channels = image.Type.Shape[1];
        if (channels.Length % Groups != 0)
        {
            throw scope.Error(
                $"groups is {Groups}, which does not divide the {channels} channels of the input {image.SampleShape}. "
                    + "Pick a divisor."
            );
        }
        return scope.Operation(
            "GroupNormalization",
            [
                image.Name,
                scope.Parameter("gamma", new(channels), Initializer.Ones),
                scope.Parameter("beta", new(channels), Initializer.Zeros),
            ],
            channelsFirst: true,
            ("epsilon", Epsilon),
            ("num_groups", (long)Groups)
        );
    }

    /// <inheritdoc/>
    public override string ToString() => $"GroupNormalization({Groups})";
}
