using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class ModelSummaryTests
{
    [Fact]
    public void Given_a_convolutional_net_when_summed_up_then_layers_are_channels_last_with_their_parameters()
    {
        var graph = Sequential
            .Of(Conv2D(8, 3, Relu), BatchNormalization(), MaxPooling2D(), Flatten(), Dense(10, Softmax))
            .BuildGraph(Shape.Of(28, 28, 1));

        Assert.Equal(
            """
            sequential: input: Float32 (N, 28, 28, 1)
            Layer                Operations          Output shape    Parameters
            conv2d               Conv + Relu         (N, 26, 26, 8)          80
            batch_normalization  BatchNormalization  (N, 26, 26, 8)          32
            max_pooling2d        MaxPool             (N, 13, 13, 8)           0
            flatten              Flatten             (N, 1352)                0
            dense                Gemm + Softmax      (N, 10)             13,530
            13,642 parameters, 13,626 of them trainable
            """,
            ModelSummary.Of(graph).ToString()
        );
    }

    [Fact]
    public void Given_a_net_that_ends_in_an_image_when_summed_up_then_no_layout_change_shows()
    {
        var graph = Sequential.Of(Conv2D(2, 3)).BuildGraph(Shape.Of(5, 6, 1));

        var layer = Assert.Single(ModelSummary.Of(graph).Layers);

        Assert.Equal("(N, 3, 4, 2)", layer.OutputShape.ToString());
    }
}
