using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class ImageLayersTests
{
    private static readonly Shape Image = Shape.Of(6, 5, 4);

    public static TheoryData<Layer, string> Shapes =>
        new()
        {
            { Conv2DTranspose(3, 3), "(N, 8, 7, 3)" },
            { Conv2DTranspose(3, 2, Relu, strides: 2), "(N, 12, 10, 3)" },
            { Conv2DTranspose(3, 3, strides: 2, padding: Padding.Same), "(N, 12, 10, 3)" },
            { Conv2DTranspose(3, (3, 2), strides: (1, 3), padding: Padding.Same, bias: false), "(N, 6, 15, 3)" },
            { Conv2DTranspose(3, 1, strides: 2), "(N, 12, 10, 3)" },
            { UpSampling2D(), "(N, 12, 10, 4)" },
            { UpSampling2D((3, 1), interpolates: true), "(N, 18, 5, 4)" },
            { GroupNormalization(2), "(N, 6, 5, 4)" },
            { LayerNormalization(), "(N, 6, 5, 4)" },
        };

    [Theory]
    [MemberData(nameof(Shapes), DisableDiscoveryEnumeration = true)]
    public void Given_an_image_when_a_layer_follows_then_the_output_has_its_shape(Layer layer, string expected)
    {
        var graph = Sequential.Of(layer).BuildGraph(Image);

        Assert.Equal(expected, graph.Outputs[0].Shape.ToString());
        Assert.Equal(expected, ModelSummary.Of(graph).Layers[^1].OutputShape.ToString());
    }

    public static TheoryData<Layer[], string> Bad =>
        new()
        {
            { [Conv2DTranspose(0, 3)], "filters is 0" },
            { [Conv2DTranspose(4, 0)], "kernel is 0x0" },
            { [Conv2DTranspose(4, 3, strides: 0)], "strides is 0x0" },
            { [Flatten(), Conv2DTranspose(4, 3)], "must be an image (height, width, channels)" },
            { [UpSampling2D(0)], "size is 0x0" },
            { [Flatten(), UpSampling2D()], "must be an image (height, width, channels)" },
            { [GroupNormalization(3)], "groups is 3, which does not divide the 4 channels of the input (6, 5, 4)" },
            { [GroupNormalization(2, epsilon: 0)], "epsilon is 0" },
        };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void Given_layers_that_do_not_fit_when_built_then_the_error_says_so_in_the_user_s_words(
        Layer[] layers,
        string expected
    )
    {
        var error = Assert.Throws<GraphException>(() => Sequential.Of(layers).BuildGraph(Image));

        Assert.Contains(expected, error.Message);
    }
}
