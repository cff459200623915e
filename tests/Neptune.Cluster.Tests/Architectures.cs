using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Cluster.Tests;

/// <summary>Small editions of well-known architectures, for 8x8 digits.</summary>
internal static class Architectures
{
    public static Graph Of(string name) =>
        name switch
        {
            "resnet-18" => ResNet18(),
            "transformer" => Transformer(),
            "lstm" => Lstm(),
            "u-net" => UNet(),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such architecture."),
        };

    /// <summary>Basic blocks 2-2-2-2 (He et al., 2015) with few channels.</summary>
    private static Graph ResNet18()
    {
        var g = new GraphBuilder("resnet-18");
        var value = g.Input(8, 8, 1);
        value = Normalized(g, value, 4, strides: 1, Relu);
        foreach (var (channels, strides) in ((int, int)[])[(4, 1), (8, 2), (16, 2), (32, 1)])
        {
            value = Block(g, Block(g, value, channels, strides), channels, 1);
        }
        return g.Build(g.Apply(Dense(10, Softmax), g.Apply(GlobalAveragePooling2D(), value)));
    }

    private static GraphValue Block(GraphBuilder g, GraphValue input, int channels, int strides)
    {
        var branch = Normalized(g, Normalized(g, input, channels, strides, Relu), channels, 1, Linear);
        var isSame = strides == 1 && input.SampleShape[-1] == channels;
        var shortcut = isSame
            ? input
            : g.Apply(
                BatchNormalization(),
                g.Apply(Conv2D(channels, 1, strides: strides, padding: Padding.Same, bias: false), input)
            );
        return g.Apply(Activate(Relu), g.Add(branch, shortcut));
    }

    private static GraphValue Normalized(
        GraphBuilder g,
        GraphValue input,
        int channels,
        int strides,
        Activation activation
    )
    {
        var image = g.Apply(Conv2D(channels, 3, strides: strides, padding: Padding.Same, bias: false), input);
        var normalized = g.Apply(BatchNormalization(), image);
        return activation == Linear ? normalized : g.Apply(Activate(activation), normalized);
    }

    /// <summary>Two encoder blocks (Vaswani et al., 2017) over an image's rows.</summary>
    private static Graph Transformer()
    {
        var g = new GraphBuilder("transformer");
        var rows = g.Apply(Reshape(8, 8), g.Input(8, 8, 1));
        var value = g.Apply(PositionEmbedding(), g.Apply(Dense(16), rows));
        for (var block = 0; block < 2; block++)
        {
            var seen = g.Apply(MultiHeadAttention(4), g.Apply(LayerNormalization(), value));
            value = g.Add(value, g.Apply(Dropout(0.1f), seen));
            var hidden = g.Apply(Dense(32, Relu), g.Apply(LayerNormalization(), value));
            value = g.Add(value, g.Apply(Dense(16), hidden));
        }
        return g.Build(g.Apply(Dense(10, Softmax), g.Apply(GlobalAveragePooling1D(), value)));
    }

    /// <summary>An LSTM and a GRU over an image's rows.</summary>
    private static Graph Lstm()
    {
        var g = new GraphBuilder("lstm");
        var rows = g.Apply(Reshape(8, 8), g.Input(8, 8, 1));
        var last = g.Apply(GRU(12), g.Apply(LSTM(16, returnSequences: true), rows));
        return g.Build(g.Apply(Dense(10, Softmax), last));
    }

    /// <summary>
    /// Down and up again with bridges (Ronneberger et al., 2015), then a classifier of the map's means.
    /// </summary>
    private static Graph UNet()
    {
        var g = new GraphBuilder("u-net");
        var fine = g.Apply(Conv2D(4, 3, Relu, padding: Padding.Same), g.Input(8, 8, 1));
        var middle = g.Apply(Conv2D(8, 3, Relu, padding: Padding.Same), g.Apply(MaxPooling2D(2), fine));
        var coarse = g.Apply(Conv2D(16, 3, Relu, padding: Padding.Same), g.Apply(MaxPooling2D(2), middle));
        var up = g.Apply(Conv2DTranspose(8, 2, Relu, strides: 2), coarse);
        var joined = g.Apply(GroupNormalization(4), g.Concatenate(up, middle));
        up = g.Apply(UpSampling2D(2), g.Apply(Conv2D(4, 3, Relu, padding: Padding.Same), joined));
        var map = g.Apply(Conv2D(10, 1), g.Concatenate(up, fine));
        return g.Build(g.Apply(Activate(Softmax), g.Apply(GlobalAveragePooling2D(), map)));
    }
}
