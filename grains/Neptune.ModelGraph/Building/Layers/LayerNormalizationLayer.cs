namespace Neptune.ModelGraph;

internal sealed record LayerNormalizationLayer(float Epsilon, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "layer_normalization";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequireEpsilon(Epsilon);
        if (input.SampleShape.Rank == 0)
        {
            throw scope.Error("the input is one number per sample, and must have features. Add Reshape(1) before it.");
        }
        var value = scope.Builder.ToChannelsLast(input);
        var features = new Shape(value.Type.Shape[-1]);
        return scope.Operation(
            "LayerNormalization",
            [
                value.Name,
                scope.Parameter("gamma", features, Initializer.Ones),
                scope.Parameter("beta", features, Initializer.Zeros),
            ],
            channelsFirst: false,
            ("axis", -1L),
            ("epsilon", Epsilon)
        );
    }

    /// <inheritdoc/>
    public override string ToString() => "LayerNormalization()";
}
