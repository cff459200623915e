using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class ModelTextTests
{
    [Fact]
    public void Given_layers_as_text_when_parsed_then_they_are_the_typed_ones() =>
        Assert.Equal(
            [
                Input(28, 28, 1),
                Conv2D(32, 3, Relu),
                Conv2D(8, (3, 5), padding: Padding.Same, strides: 2),
                Conv2D(8, 3, Tanh, padding: Padding.Same),
                Conv2D(8, 3, strides: 2),
                BatchNormalization(),
                MaxPooling2D(2),
                AveragePooling2D((2, 3)),
                Flatten(),
                Dropout(0.5f),
                Dense(64, Relu),
                Reshape(8, -1),
                Activate(LogSoftmax),
                GlobalAveragePooling2D(),
                Dense(10),
            ],
            ModelText.ParseLayers(
                "input:28:28:1, conv2d:32:3:relu,conv2d:8:3x5:same:2,conv2d:8:3:tanh:same,conv2d:8:3:linear:2,batchnorm,"
                    + "maxpool,avgpool:2x3,Flatten,dropout:0.5,dense:64:RELU,reshape:8:-1,activation:log_softmax,"
                    + "globalavgpool,dense:10"
            )
        );

    [Fact]
    public void Given_optimizers_losses_and_metrics_as_text_when_parsed_then_they_are_the_typed_ones()
    {
        Assert.Equal(Adam(), ModelText.ParseOptimizer("adam"));
        Assert.Equal(Adam(0.01f), ModelText.ParseOptimizer("adam:0.01"));
        Assert.Equal(AdamW(0.01f, weightDecay: 0.1f), ModelText.ParseOptimizer("adamw:0.01:0.1"));
        Assert.Equal(Sgd(0.1f, 0.9f), ModelText.ParseOptimizer("sgd:0.1:0.9"));
        Assert.Equal(Sgd(0.1f, 0.9f, nesterov: true), ModelText.ParseOptimizer("SGD:1e-1:0.9:nesterov"));
        Assert.Equal(SparseCategoricalCrossentropy(), ModelText.ParseLoss("sparse_categorical_crossentropy"));
        Assert.Equal(CategoricalCrossentropy(true), ModelText.ParseLoss("categorical_crossentropy:logits"));
        Assert.Equal(MeanSquaredError(), ModelText.ParseLoss("mean_squared_error"));
        Assert.Equal(Accuracy(), ModelText.ParseMetric("accuracy"));
        Assert.Equal(LogSoftmax, ModelText.ParseActivation("log_softmax"));
    }

    public static TheoryData<string, string> BadLayers =>
        new()
        {
            { "flaten,dense:10", "Layer flaten is not known. Did you mean flatten? Valid are: activation, avgpool" },
            { "", "Layer  is not known. " },
            { "dense", "Layer dense: units is missing" },
            { "dense:many", "Layer dense:many: units must be a whole number" },
            { "dense:-1", "units must be a whole number" },
            { "dense:10:rellu", "activation rellu is not known. Did you mean relu?" },
            { "dense:10:relu:3", "3 is one setting too many" },
            { "conv2d:8", "kernel is missing" },
            { "conv2d:8:3x", "kernel is 3x, and must be a number such as 3, or 3x5" },
            { "conv2d:8:3:relu:sane", "padding sane is not known. Did you mean same?" },
            { "dropout:half", "rate is half, and must be a number" },
            { "input:0:3", "lengths must be whole numbers" },
            { "input:-1", "lengths must be whole numbers" },
            { "activation:reul", "Did you mean relu?" },
        };

    [Theory]
    [MemberData(nameof(BadLayers))]
    public void Given_layers_that_are_misspelt_when_parsed_then_the_error_offers_what_is_valid(
        string text,
        string expected
    )
    {
        var error = Assert.Throws<GraphException>(() => ModelText.ParseLayers(text));

        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("adm", "Optimizer adm is not known. Did you mean adam")]
    [InlineData("adam:0", "The learning rate is 0")]
    [InlineData("adam:NaN", "The learning rate is NaN")]
    [InlineData("adam:0.1:0.9", "0.9 is one setting too many")]
    [InlineData("sgd:0.1:0.9:nestrov", "nestrov is not known. Did you mean nesterov?")]
    public void Given_an_optimizer_that_is_wrong_when_parsed_then_the_error_says_how(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<GraphException>(() => ModelText.ParseOptimizer(text)).Message);

    [Fact]
    public void Given_a_loss_metric_or_activation_that_is_misspelt_when_parsed_then_the_nearest_is_offered()
    {
        Assert.Contains(
            "Did you mean mean_squared_error?",
            Assert.Throws<GraphException>(() => ModelText.ParseLoss("mean_square_error")).Message
        );
        Assert.Contains(
            "Did you mean accuracy?",
            Assert.Throws<GraphException>(() => ModelText.ParseMetric("acuracy")).Message
        );
        Assert.Contains(
            "Did you mean tanh?",
            Assert.Throws<GraphException>(() => ModelText.ParseActivation("tan")).Message
        );
    }
}
