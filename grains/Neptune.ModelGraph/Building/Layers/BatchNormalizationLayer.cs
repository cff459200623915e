namespace Neptune.ModelGraph;

internal sealed record BatchNormalizationLayer(float Momentum, float Epsilon, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "batch_normalization";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        if (Momentum is not (>= 0 and <= 1))
        {
            throw scope.Error($"momentum is {Momentum}, and must lie in 0..1.");
        }
        if (!(Epsilon > 0) || !float.IsFinite(Epsilon))
        {
            throw scope.Error($"epsilon is {Epsilon}, and must be greater than 0.");
        }
        if (input.SampleShape.Rank is not (1 or 3))
        {
            throw scope.Error(
                $"the input has shape {input.SampleShape}, and must be features (F,) or an image (height, width, "
                    + "channels). Add Flatten() or Reshape(...) before it."
            );
        }
        var value = input.SampleShape.Rank == 3 ? scope.Image(input) : input;
        var channels = new Shape(value.Type.Shape[1]);
        return scope.Operation(
            "BatchNormalization",
            [
                value.Name,
                scope.Parameter("gamma", channels, Initializer.Ones),
                scope.Parameter("beta", channels, Initializer.Zeros),
                scope.Parameter("running_mean", channels, Initializer.Zeros, trainable: false),
                scope.Parameter("running_var", channels, Initializer.Ones, trainable: false),
            ],
            value.ChannelsFirst,
            ("epsilon", Epsilon),
            ("momentum", Momentum)
        );
    }

    /// <inheritdoc/>
    public override string ToString() => "BatchNormalization()";
}
