using Neptune.ModelGraph;
using static Neptune.Formats.Tests.CaffeTexts;

namespace Neptune.Formats.Tests;

/// <summary>How layers make a net: phases, blobs in place, shared weights, inputs of all forms.</summary>
public sealed class CaffeNetTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const string Ip = "inner_product_param { num_output: 2 }";

    [Fact]
    public async Task Given_a_net_of_many_layers_when_run_then_it_gives_what_OpenCV_gives()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "caffe");
        var model = ModelFormats.Import(
            Path.Combine(folder, "mixed.prototxt"),
            new() { WeightsFile = Path.Combine(folder, "mixed.caffemodel") }
        );
        var found = await CaffeRuns.Run(device, model, ("data", NpyFile.Read(Path.Combine(folder, "mixed.input.npy"))));
        Assert.Equal(["prob", "crop", "mvn"], model.Graph.Outputs.Select(o => o.Name));
        Assert.Equal("Caffe (V2 layers)", model.Source);
        foreach (var (name, value) in found)
        {
            Assert.Null(
                TensorDifference.Of(NpyFile.Read(Path.Combine(folder, $"mixed.{name}.npy")), value, 1e-4, 1e-4)
            );
        }
    }

    [Theory]
    [InlineData("include { phase: TRAIN }", false)]
    [InlineData("include { phase: TEST }", true)]
    [InlineData("exclude { phase: TEST }", false)]
    [InlineData("exclude { phase: TRAIN }", true)]
    [InlineData("include { phase: TRAIN } include { stage: 's' }", true)]
    [InlineData("include { stage: 's' stage: 'o' }", false)]
    [InlineData("include { not_stage: 's' }", false)]
    [InlineData("include { not_stage: 'o' }", true)]
    [InlineData("include { min_level: 2 }", true)]
    [InlineData("include { min_level: 3 }", false)]
    [InlineData("include { max_level: 1 }", false)]
    [InlineData("exclude { min_level: 2 max_level: 2 phase: TEST }", false)]
    public void Given_rules_when_imported_then_layers_belong_by_the_state(string rules, bool belongs)
    {
        var net = Net("1,3", $"layer {{ name: 'y' type: 'ReLU' bottom: 'data' top: 'data' {rules} }} {Layer("TanH")}");
        var graph = Import($"state {{ level: 2 stage: 's' }} {net}").Graph;
        Assert.Equal(belongs, graph.Operations.Any(o => o.Type == "Relu"));
    }

    [Fact]
    public void Given_data_of_another_stage_when_imported_then_the_error_names_the_layer_and_its_rules()
    {
        var error = Assert.Throws<ModelFileException>(() =>
            Import(
                $"layer {{ name: 'pictures' type: 'Data' top: 'data' include {{ stage: 'train' }} }} {Layer("TanH")}"
            )
        );
        Assert.Contains("it reads the blob data, which no layer", error.Message, StringComparison.Ordinal);
        Assert.Contains("Layer pictures makes it in other phases and stages", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_blobs_in_place_when_imported_then_the_output_is_the_last_and_bears_the_blob_s_name()
    {
        var graph = Import(
            Net(
                "1,3",
                "layer { name: 'a' type: 'TanH' bottom: 'data' top: 'x' } layer { name: 'b' type: 'ReLU' bottom: 'x' top: 'x' }"
                    + " layer { name: 'c' type: 'Sigmoid' bottom: 'x' top: 'x' }"
            )
        ).Graph;
        Assert.Equal(["Tanh", "Relu", "Sigmoid"], graph.Operations.Select(o => o.Type));
        Assert.Equal("x", Assert.Single(graph.Outputs).Name);
        Assert.Equal("x", graph.Operations[^1].Outputs[0]);
    }

    [Fact]
    public async Task Given_layers_that_share_weights_when_imported_then_there_is_one_parameter()
    {
        const string Shared = "param { name: 'w' lr_mult: 2 } param { name: 'b' }";
        var net = Net(
            "1,2",
            $"layer {{ name: 'p' type: 'InnerProduct' bottom: 'data' top: 'p' {Shared} {Ip} }}"
                + $"layer {{ name: 'y' type: 'InnerProduct' bottom: 'p' top: 'y' {Shared} {Ip} }}"
        );
        var file = new CaffeFile()
            .Layer("p", ([2, 2], [1, 2, 3, 4]), ([2], [1, 0]))
            .Layer("y", ([2, 2], [1, 2, 3, 4]), ([2], [1, 0]));
        var model = Import(net, file);
        var found = await CaffeRuns.Run(device, model, ("data", TensorValue.Of(Shape.Of(1, 2), [1, 1])));
        Assert.Equal(["p.bias", "p.weight"], model.Weights.Keys);
        Assert.Equal([4f + 14 + 1, (3 * 4) + (4 * 7)], found["y"].Floats.ToArray());
        Refused(
            "with another lr_mult",
            () =>
                Import(
                    net.Replace("'y' param", "'y' param", StringComparison.Ordinal)
                        .Replace(
                            Shared + " " + Ip + " }layer",
                            Shared.Replace('2', '3') + " " + Ip + " }layer",
                            StringComparison.Ordinal
                        )
                )
        );
        Refused(
            "Share among equal layers",
            () =>
                Import(
                    net.Replace("bottom: 'p' top: 'y'", "bottom: 'data' top: 'y'", StringComparison.Ordinal)
                        .Replace(
                            "name: 'y'",
                            "name: 'q' type: 'Concat' bottom: 'p' bottom: 'data' top: 'q' } layer { name: 'y'",
                            StringComparison.Ordinal
                        )
                        .Replace("bottom: 'data' top: 'y'", "bottom: 'q' top: 'y'", StringComparison.Ordinal)
                )
        );
    }

    [Theory]
    [InlineData("input: 'data' input_dim: 1 input_dim: 2 input_dim: 3 input_dim: 4", "(N, 2, 3, 4)")]
    [InlineData("input: 'data' input_shape { dim: 5 dim: 2 }", "(N, 2)")]
    [InlineData("layer { type: 'Input' top: 'data' input_param { shape { dim: 7 dim: 2 dim: 3 } } }", "(N, 2, 3)")]
    [InlineData(
        "layer { type: 'DummyData' top: 'data' dummy_data_param { num: 1 channels: 2 height: 3 width: 4 } }",
        "(N, 2, 3, 4)"
    )]
    [InlineData("layer { type: 'DummyData' top: 'data' dummy_data_param { shape { dim: 1 dim: 9 } } }", "(N, 9)")]
    [InlineData(
        "layer { type: 'MemoryData' top: 'data' top: 'l' memory_data_param { batch_size: 2 channels: 1 height: 3 width: 4 } }",
        "(N, 1, 3, 4)"
    )]
    [InlineData(
        "layer { type: 'ImageData' top: 'data' top: 'l' image_data_param { source: 's' new_height: 3 new_width: 4 is_color: false } }",
        "(N, 1, 3, 4)"
    )]
    [InlineData(
        "layer { type: 'ImageData' top: 'data' top: 'l' image_data_param { source: 's' } transform_param { crop_size: 5 } }",
        "(N, 3, 5, 5)"
    )]
    [InlineData("layer { type: 'Data' top: 'data' top: 'l' data_param { source: 's' batch_size: 3 } }", "(N, 6)")]
    [InlineData(
        "layer { type: 'HDF5Data' top: 'data' top: 'l' hdf5_data_param { source: 's' batch_size: 3 } }",
        "(N, 6)"
    )]
    public void Given_an_input_of_any_form_when_imported_then_its_shape_is_the_file_s_or_the_caller_s(
        string input,
        string shape
    )
    {
        var graph = Import($"{input} {Layer("ReLU")}", null, new() { InputShape = Shape.Of(6) }).Graph;
        Assert.Equal(("data", shape), (graph.Inputs[0].Name, graph.Inputs[0].Shape.ToString()));
        Assert.Equal(Dimension.Batch, graph.Outputs[0].Shape[0]);
    }

    [Fact]
    public void Given_a_net_for_one_batch_only_when_imported_then_it_keeps_it()
    {
        var graph = Import(Net("2,3", Layer("Reduction", "reduction_param { axis: 0 }"))).Graph;
        Assert.Equal((Shape.Of(2, 3), Shape.Scalar), (graph.Inputs[0].Shape, graph.Outputs[0].Shape));
        var scale = Import(Net("2,3", Layer("Scale", "scale_param { axis: 0 }"))).Graph;
        Assert.Equal((Shape.Of(2, 1), Shape.Of(2, 3)), (scale.Parameters[0].Shape, scale.Outputs[0].Shape));
    }

    [Fact]
    public void Given_a_net_with_a_loss_alone_when_imported_then_its_prediction_is_the_output_and_it_says_how_it_is_trained()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "fixtures", "caffe", "lenet_train_val.prototxt");
        var model = ModelFormats.Import(path, new() { InputShape = Shape.Of(1, 28, 28) });
        Assert.Equal("ip2", Assert.Single(model.Graph.Outputs).Name);
        Assert.Equal(new Loss.SparseCategoricalCrossentropy(FromLogits: true), model.Training!.Loss);
        Assert.Null(model.Training.Optimizer);
        Assert.Equal((64, 0.00390625f), (model.Training.BatchSize, model.Training.InputScale));
        Assert.Equal(new ParameterUpdate(2), model.Training.Updates["conv1.bias"]);
        var values = model.Weights["ip1.weight"].Floats.ToArray();
        Assert.InRange(Math.Sqrt(values.Average(v => (double)v * v)), 0.0495, 0.0505); // gaussian, std 0.05
        Assert.InRange(
            model.Weights["conv1.weight"].Floats.ToArray().Max(),
            0.9 * Math.Sqrt(3 / 25.0),
            Math.Sqrt(3 / 25.0)
        );
    }

    [Fact]
    public void Given_scaled_data_without_a_loss_when_imported_then_the_graph_scales_it()
    {
        var graph = Import(
            $"layer {{ type: 'Data' top: 'data' transform_param {{ scale: 0.5 mean_value: 2 }} }} {Layer("ReLU")}",
            null,
            new() { InputShape = Shape.Of(3) }
        ).Graph;
        Assert.Equal(["Constant", "Mul", "Constant", "Sub", "Relu"], graph.Operations.Select(o => o.Type));
    }

    [Theory]
    [InlineData("filler { type: 'uniform' min: -1 max: 2 }", "Uniform { Low = -1, High = 2 }")]
    [InlineData("filler { type: 'gaussian' mean: 1 std: 2 }", "Normal { Mean = 1, Deviation = 2 }")]
    [InlineData("filler { value: 3 }", "Constant { Value = 3 }")]
    [InlineData("filler { type: 'xavier' }", "GlorotUniform { FanIn = 18, FanOut = 18 }")]
    [InlineData("filler { type: 'xavier' variance_norm: FAN_OUT }", "GlorotUniform { FanIn = 36, FanOut = 36 }")]
    [InlineData("filler { type: 'xavier' variance_norm: AVERAGE }", "GlorotUniform { FanIn = 18, FanOut = 36 }")]
    [InlineData("filler { type: 'msra' }", "HeNormal { FanIn = 18 }")]
    [InlineData("filler { type: 'msra' variance_norm: FAN_OUT }", "HeNormal { FanIn = 36 }")]
    public void Given_a_filler_when_imported_then_weights_are_drawn_as_in_Caffe(string filler, string expected)
    {
        var settings = $"convolution_param {{ num_output: 4 kernel_size: 3 weight_{filler} }}";
        Assert.Equal(
            expected,
            Import(Net("1,2,5,5", Layer("Convolution", settings))).Graph.Parameters[0].Initializer.ToString()
        );
    }

    [Fact]
    public void Given_a_bilinear_filler_when_imported_then_the_weights_interpolate()
    {
        const string Settings =
            "convolution_param { num_output: 2 group: 2 kernel_size: 4 stride: 2 bias_term: false weight_filler { type: 'bilinear' } }";
        var weights = Import(Net("1,2,5,5", Layer("Deconvolution", Settings))).Weights["y.weight"].Floats.ToArray();
        double[] row = [0.25, 0.75, 0.75, 0.25];
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => (float)(row[i % 4] * row[i / 4 % 4]))], weights);
    }

    [Fact]
    public void Given_old_layers_when_imported_then_they_are_as_today_s()
    {
        const string Old = """
            input: "data" input_dim: 1 input_dim: 1 input_dim: 4 input_dim: 4
            layers { name: "c" type: CONVOLUTION bottom: "data" top: "c" blobs_lr: 1 blobs_lr: 2 weight_decay: 1 weight_decay: 0
                     param: "w" blob_share_mode: STRICT convolution_param { num_output: 1 kernel_size: 2 } }
            layers { name: "y" type: RELU bottom: "c" top: "y" }
            """;
        var file = new CaffeFile().OldLayer(
            "c",
            4,
            CaffeFile.OldBlob([1, 1, 2, 2], [1, 2, 3, 4]),
            CaffeFile.OldBlob([1, 1, 1, 1], [5])
        );
        var model = Import(Old, file);
        Assert.Equal("Caffe (V1 layers)", model.Source);
        Assert.Equal([1f, 2f, 3f, 4f], model.Weights["c.weight"].Floats.ToArray());
        Assert.Equal(Shape.Of(1), model.Weights["c.bias"].Shape);
        Refused("oldest form (V0", () => Import("layers { layer { name: 'x' type: 'conv' } }"));
        Refused("two forms", () => Import("layers { name: 'x' type: RELU } layer { name: 'y' type: 'ReLU' }"));
    }

    [Theory]
    [InlineData(
        "layer { name: 'y' type: 'ReLU' bottom: 'dat' top: 'y' }",
        "reads the blob dat, which no layer before it makes. Did you mean data"
    )]
    [InlineData(
        "layer { name: 'y' type: 'ReLU' bottom: 'data' top: 'y' } layer { name: 'z' type: 'TanH' bottom: 'data' top: 'y' }",
        "makes the blob y, which a layer before it makes too"
    )]
    [InlineData(
        "layer { name: 'y' type: 'ReLU' bottom: 'data' top: 'y' include { phase: TEST } exclude { phase: TEST } }",
        "rules of both kinds"
    )]
    [InlineData(
        "layer { name: 'y' type: 'ReLU' bottom: 'data' bottom: 'data' top: 'y' }",
        "it reads 2 blobs, and must read 1"
    )]
    [InlineData("layer { name: 'y' type: 'Eltwise' bottom: 'data' top: 'y' }", "it reads 1 blobs")]
    [InlineData("layer { name: 'y' type: 'Softmax' bottom: 'data' top: 'y' softmax_param { axis: 4 } }", "axis is 4")]
    [InlineData(
        "layer { name: 'y' type: 'Convolution' bottom: 'data' top: 'y' convolution_param { num_output: 3 kernel_size: 1 group: 2 } }",
        "group must divide both"
    )]
    [InlineData(
        "layer { name: 'y' type: 'Convolution' bottom: 'data' top: 'y' convolution_param { num_output: 3 } }",
        "kernel_size is missing"
    )]
    [InlineData(
        "layer { name: 'y' type: 'Convolution' bottom: 'data' top: 'y' convolution_param { kernel_size: 1 } }",
        "num_output is missing"
    )]
    [InlineData(
        "layer { name: 'y' type: 'Pooling' bottom: 'data' top: 'y' pooling_param { kernel_size: 9 } }",
        "does not fit"
    )]
    [InlineData(
        "layer { name: 'y' type: 'Pooling' bottom: 'data' top: 'y' pooling_param { kernel_size: 2 kernel_h: 2 kernel_w: 2 } }",
        "Keep one"
    )]
    [InlineData("layer { name: 'y' type: 'LRN' bottom: 'data' top: 'y' lrn_param { local_size: 4 } }", "must be odd")]
    [InlineData(
        "layer { name: 'y' type: 'Reshape' bottom: 'data' top: 'y' reshape_param { shape { dim: -1 dim: -1 } } }",
        "one may be -1"
    )]
    [InlineData(
        "layer { name: 'y' type: 'InnerProduct' bottom: 'data' top: 'y' inner_product_param { num_output: 99999999 } }",
        "At most 200,000,000 are"
    )]
    [InlineData(
        "layer { name: 'y' type: 'InnerProduct' bottom: 'data' top: 'y' inner_product_param { num_output: 9223372036854775807 } }",
        "greater than a 64-bit number"
    )]
    public void Given_a_net_that_is_not_sound_when_imported_then_it_is_refused(string layers, string reason) =>
        Refused(reason, () => Import(Net("1,2,5,5", layers)));

    [Theory]
    [InlineData("Python", "", "Python (in y): programs in files are not run")]
    [InlineData("Permute", "permute_param { order: 0 }", "Permute (in y): the type is not known")]
    [InlineData("ReLU", "odd_param { x: 1 }", "ReLU (in y): the setting odd_param (line 2, column")]
    [InlineData(
        "Pooling",
        "pooling_param { kernel_size: 2 ceil_mode: false }",
        "the setting ceil_mode (line 2, column"
    )]
    [InlineData("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 }", "STOCHASTIC draws at random")]
    [InlineData(
        "Pooling",
        "pooling_param { kernel_size: 1 stride: 3 }",
        "leaves a last window of 1 behind the 6 elements"
    )]
    [InlineData(
        "Convolution",
        "convolution_param { num_output: 2 kernel_size: [1, 1, 1] }",
        "only images (N, C, H, W) are known"
    )]
    [InlineData("Convolution", "convolution_param { num_output: 2 kernel_size: 1 axis: 2 }", "only channels at axis 1")]
    [InlineData("InnerProduct", "inner_product_param { num_output: 2 axis: 0 }", "axis is 0")]
    [InlineData("ArgMax", "argmax_param { top_k: 2 }", "top_k is 2")]
    [InlineData("Dropout", "dropout_param { scale_train: false }", "scale_train is false")]
    [InlineData(
        "Scale",
        "scale_param { filler { type: 'positive_unitball' } }",
        "the filler positive_unitball is not known"
    )]
    [InlineData("Scale", "scale_param { filler { type: 'gaussian' sparse: 3 } }", "sparse weights")]
    public void Given_what_is_not_known_when_imported_then_it_is_listed_with_its_layers(
        string type,
        string settings,
        string reason
    )
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() => Import(Net("1,2,6,6", Layer(type, settings))));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_several_layers_that_are_not_known_when_imported_then_all_are_listed_at_once()
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() =>
            Import(
                Net(
                    "1,2",
                    Layer("Python")
                        + " layer { name: 'z' type: 'SPP' bottom: 'y' top: 'z' } layer { name: 'q' type: 'LSTM' bottom: 'z' top: 'q' }"
                )
            )
        );
        Assert.Equal(3, error.Problems.Length);
    }

    [Fact]
    public void Given_pictures_with_a_mean_in_a_file_when_imported_then_they_are_refused_by_that_setting() =>
        Refused(
            "ImageData (in d): mean_file (line 1, column",
            () =>
                Import(
                    "layer { name: 'd' type: 'ImageData' top: 'data' top: 'l' image_data_param { source: 's' new_height: 3 new_width: 4 mean_file: 'm' } }"
                        + Layer("ReLU")
                )
        );

    [Fact]
    public void Given_labels_as_data_of_their_own_when_imported_then_the_features_say_how_large_a_batch_is()
    {
        const string Net = """
            layer { name: "l" type: "Data" top: "label" data_param { batch_size: 9 } LABEL }
            layer { name: "d" type: "Data" top: "data" data_param { batch_size: 4 } transform_param { scale: 0.5 } }
            layer { name: "y" type: "InnerProduct" bottom: "data" top: "y" inner_product_param { num_output: 2 } }
            layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "label" top: "loss" }
            """;
        var options = new ImportOptions { InputShape = Shape.Of(3) };
        var training = Import(Net.Replace("LABEL", "", StringComparison.Ordinal), null, options).Training!;
        Assert.Equal((4, 0.5f), (training.BatchSize, training.InputScale));
        var scaled = Import(
            Net.Replace("LABEL", "transform_param { scale: 2 }", StringComparison.Ordinal),
            null,
            options
        );
        Assert.Null(scaled.Training);
        Assert.Contains("its labels are scaled by l", Assert.Single(scaled.Notes), StringComparison.Ordinal);
    }

    private static void Refused(string reason, Func<ImportedModel> import) =>
        Assert.Contains(reason, Assert.ThrowsAny<ModelFileException>(import).Message, StringComparison.Ordinal);
}
