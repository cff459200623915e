using Neptune.ModelGraph;
using static Neptune.Formats.Tests.CaffeTexts;

namespace Neptune.Formats.Tests;

/// <summary>Layers of programs that grew out of Caffe.</summary>
public sealed class CaffeForksTests
{
    [Theory]
    [InlineData("ConvolutionDepthwise")]
    [InlineData("DepthwiseConvolution")]
    public void Given_a_convolution_of_each_channel_when_imported_then_it_has_as_many_groups(string type)
    {
        var graph = Import(
            Net(
                "1,4,5,5",
                Layer(
                    type,
                    "convolution_param { num_output: 4 kernel_size: 3 bias_term: false bias_filler { type: 'constant' } }"
                )
            )
        ).Graph;
        Assert.Equal(4, Assert.Single(graph.Operations).Int("group", 1));
        Assert.Equal(Shape.Of(4, 1, 3, 3), Assert.Single(graph.Parameters).Shape);
    }
}
