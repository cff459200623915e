using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Cluster.Tests;

/// <summary>Models that the tests train.</summary>
internal static class Models
{
    /// <summary>The article's model.</summary>
    public static Sequential Mlp(Optimizer? optimizer = null) =>
        Sequential
            .Of(Flatten(), Dense(64, Relu), Dense(64, Relu), Dense(10, Softmax))
            .Compile(optimizer ?? Adam(), SparseCategoricalCrossentropy(), [Accuracy()]);

    /// <summary>A small convolutional net with batch-norm and dropout, for 8x8 digits.</summary>
    public static Sequential Cnn() =>
        Sequential
            .Of(
                Conv2D(8, 3, padding: Padding.Same),
                BatchNormalization(),
                Activate(Relu),
                MaxPooling2D(2),
                Dropout(0.25f),
                Flatten(),
                Dense(32, Relu),
                Dense(10, Softmax)
            )
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]);
}
