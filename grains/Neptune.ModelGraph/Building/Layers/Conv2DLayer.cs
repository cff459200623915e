namespace Neptune.ModelGraph;

internal sealed record Conv2DLayer(
    int Filters,
    Size2D Kernel,
    Activation Activation,
    Size2D Strides,
    Padding Padding,
    Size2D Dilation,
    int Groups,
    bool Bias,
    string? LayerName
) : Layer(LayerName)
{
    internal override string Stem => "conv2d";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequireCount("filters", Filters);
        scope.RequirePositive("kernel", Kernel);
        scope.RequirePositive("strides", Strides);
        scope.RequirePositive("dilation", Dilation);
        scope.RequireCount("groups", Groups);
        var image = scope.Image(input);
        var channels = image.Type.Shape[1].Length;
        if (channels % Groups != 0 || Filters % Groups != 0)
        {
            throw scope.Error(
                $"groups is {Groups}, which does not divide both the {channels} channels of the input "
                    + $"{image.SampleShape} and the {Filters} filters. Pick a common divisor."
            );
        }
        scope.RequireFits(image, Kernel, Dilation, Padding);
        var area = (long)Kernel.Height * Kernel.Width;
        var weight = scope.Parameter(
            "weight",
            Shape.Of(Filters, channels / Groups, Kernel.Height, Kernel.Width),
            new Initializer.GlorotUniform(area * (channels / Groups), area * Filters)
        );
        List<string> inputs = [image.Name, weight];
        if (Bias)
        {
            inputs.Add(scope.Parameter("bias", Shape.Of(Filters), Initializer.Zeros));
        }
        var result = scope.Operation(
            "Conv",
            inputs,
            channelsFirst: true,
            ("auto_pad", Padding == Padding.Same ? "SAME_UPPER" : "VALID"),
            ("dilations", Dilation.ToLongs()),
            ("group", (long)Groups),
            ("kernel_shape", Kernel.ToLongs()),
            ("strides", Strides.ToLongs())
        );
        return scope.Activate(result, Activation);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Activation == Activation.Linear ? $"Conv2D({Filters}, {Kernel})" : $"Conv2D({Filters}, {Kernel}, {Activation})";
}
