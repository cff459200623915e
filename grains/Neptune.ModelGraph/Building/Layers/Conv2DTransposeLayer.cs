namespace Neptune.ModelGraph;

internal sealed record Conv2DTransposeLayer(
    int Filters,
    Size2D Kernel,
    Activation Activation,
    Size2D Strides,
    Padding Padding,
    bool Bias,
    string? LayerName
) : Layer(LayerName)
{
    internal override string Stem => "conv2d_transpose";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequireCount("filters", Filters);
        scope.RequirePositive("kernel", Kernel);
        scope.RequirePositive("strides", Strides);
        var image = scope.Image(input);
        var channels = image.Type.Shape[1].Length;
        var area = (long)Kernel.Height * Kernel.Width;
        List<string> inputs =
        [
            image.Name,
            scope.Parameter(
                "weight",
                Shape.Of(channels, Filters, Kernel.Height, Kernel.Width),
                new Initializer.GlorotUniform(area * channels, area * Filters)
            ),
        ];
        if (Bias)
        {
            inputs.Add(scope.Parameter("bias", Shape.Of(Filters), Initializer.Zeros));
        }
        // Same: the output is the input's size times the strides, and what is too much of the windows is cut off.
        var (height, width) = (Cut(Kernel.Height, Strides.Height), Cut(Kernel.Width, Strides.Width));
        var result = scope.Operation(
            "ConvTranspose",
            inputs,
            channelsFirst: true,
            ("kernel_shape", Kernel.ToLongs()),
            ("output_padding", new long[] { height.More, width.More }),
            ("pads", new long[] { height.Begin, width.Begin, height.End, width.End }),
            ("strides", Strides.ToLongs())
        );
        return scope.Activate(result, Activation);
    }

    private (long Begin, long End, long More) Cut(long kernel, long stride)
    {
        var cut = Padding == Padding.Same ? Math.Max(0, kernel - stride) : 0;
        return (cut / 2, cut - (cut / 2), Math.Max(0, stride - kernel));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Activation == Activation.Linear
            ? $"Conv2DTranspose({Filters}, {Kernel})"
            : $"Conv2DTranspose({Filters}, {Kernel}, {Activation})";
}
