using Neptune.ModelGraph;
using Neptune.Torch;
using static Neptune.Formats.Tests.CaffeTexts;

namespace Neptune.Formats.Tests;

/// <summary>Nets that are trained: gradients reach all that Caffe trains, and statistics move as it says.</summary>
public sealed class CaffeTrainingTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const string Solver = "base_lr: 0.1 lr_policy: 'fixed' max_iter: 1 net: 'net.prototxt'";

    private const string Data =
        "layer { name: 'd' type: 'Data' top: 'data' top: 'label' data_param { batch_size: 2 } }";

    private const string End =
        "layer { name: 'ip' type: 'InnerProduct' bottom: 'y' top: 'ip' inner_product_param { num_output: 3 weight_filler { type: 'xavier' } } }"
        + "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'ip' bottom: 'label' top: 'loss' }";

    [Theory]
    [InlineData("Convolution", "convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: 'xavier' } }")]
    [InlineData(
        "Deconvolution",
        "convolution_param { num_output: 2 kernel_size: 2 stride: 2 weight_filler { type: 'msra' } }"
    )]
    [InlineData("PReLU", "")]
    [InlineData("Scale", "scale_param { bias_term: true }")]
    [InlineData("Bias", "")]
    [InlineData("BatchNorm", "")]
    [InlineData("BatchNorm", "batch_norm_param { use_global_stats: true }")]
    [InlineData("BatchNorm", "batch_norm_param { use_global_stats: false }")]
    [InlineData("LRN", "")]
    [InlineData("LRN", "lrn_param { norm_region: WITHIN_CHANNEL }")]
    [InlineData("MVN", "mvn_param { eps: 0.1 }")]
    [InlineData("Pooling", "pooling_param { pool: AVE kernel_size: 3 stride: 2 }")]
    [InlineData("Pooling", "pooling_param { kernel_size: 3 stride: 2 }")]
    public async Task Given_a_layer_in_a_net_that_trains_when_a_step_is_made_then_all_parameters_behind_and_before_it_move(
        string type,
        string settings
    )
    {
        // A scale before the layer: gradients must pass it.
        var layers =
            $"layer {{ name: 's' type: 'Scale' bottom: 'data' top: 's' }} layer {{ name: 'y' type: '{type}' bottom: 's' top: 'y' {settings} }}";
        var model = ImportFiles(
            new() { InputShape = Shape.Of(2, 6, 6) },
            ("s.prototxt", Solver),
            ("net.prototxt", Data + layers + End)
        );
        await device.Run(() =>
        {
            using var replica = new Replica(device.Device, CaffeSolverTests.Training(model), 1, model.Weights);
            using var exchange = replica.NewExchangeBuffer();
            var features = Blob4.Sample(2, 2, 6, 6).Floats();
            replica.ForwardBackward(new(2, features) { Classes = new long[] { 0, 2 } }, new(1, 0, 0, 0), exchange);
            replica.Apply(exchange.Span);
            var moved = replica.ExportWeights();
            foreach (var parameter in model.Graph.Parameters)
            {
                var isFrozen = !parameter.Trainable && settings.Length > 0;
                var isMoved = !moved[parameter.Name].Floats.SequenceEqual(model.Weights[parameter.Name].Floats);
                Assert.True(isMoved != isFrozen, $"{parameter.Name} {(isMoved ? "moved" : "did not move")}");
            }
        });
    }

    [Fact]
    public void Given_a_step_that_Caffe_would_keep_from_gradients_when_imported_then_it_is_refused()
    {
        const string Layers =
            "layer { name: 's' type: 'Scale' bottom: 'data' top: 's' } layer { name: 'y' type: 'ReLU' bottom: 's' top: 'y' propagate_down: false }";
        var error = Assert.Throws<UnsupportedOperatorsException>(() =>
            ImportFiles(
                new() { InputShape = Shape.Of(2, 6, 6) },
                ("s.prototxt", Solver),
                ("net.prototxt", Data + Layers + End)
            )
        );
        Assert.Contains("propagate_down is false", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_scores_as_images_of_one_place_when_imported_then_the_loss_reads_rows()
    {
        const string Layers =
            "layer { name: 'ip' type: 'Convolution' bottom: 'data' top: 'ip' convolution_param { num_output: 3 kernel_size: 6 } }"
            + "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'ip' bottom: 'label' top: 'loss' }";
        var model = ImportFiles(
            new() { InputShape = Shape.Of(2, 6, 6) },
            ("s.prototxt", Solver),
            ("net.prototxt", Data + Layers)
        );
        Assert.Equal("(N, 3)", Assert.Single(model.Graph.Outputs).Shape.ToString());
        TrainingGraphValidation.Check(CaffeSolverTests.Training(model));
    }
}
