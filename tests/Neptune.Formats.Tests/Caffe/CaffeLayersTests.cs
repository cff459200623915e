using Neptune.ModelGraph;
using static Neptune.Formats.Tests.CaffeReference;
using static Neptune.Formats.Tests.CaffeTexts;

namespace Neptune.Formats.Tests;

/// <summary>Each layer and setting beside Caffe's own formula, on two samples of a net that was written for one.</summary>
public sealed class CaffeLayersTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const double Tolerance = 2e-5;

    private static readonly Blob4 X = Blob4.Sample(2, 4, 7, 6);

    [Theory]
    [InlineData("AbsVal", "")]
    [InlineData("BNLL", "")]
    [InlineData("Clip", "clip_param { min: -0.5 max: 1 }")]
    [InlineData("Dropout", "dropout_param { dropout_ratio: 0.9 }")]
    [InlineData("ELU", "elu_param { alpha: 0.5 }")]
    [InlineData("Exp", "")]
    [InlineData("Exp", "exp_param { base: 2 scale: 0.5 shift: 1.5 }")]
    [InlineData("Exp", "exp_param { shift: 0.5 }")]
    [InlineData("Log", "log_param { scale: 1 shift: 3 }")]
    [InlineData("Log", "log_param { base: 10 scale: 0.5 shift: 3 }")]
    [InlineData("Power", "power_param { power: 2 scale: 0.5 shift: -1 }")]
    [InlineData("Power", "power_param { scale: 0.5 }")]
    [InlineData("Power", "power_param { shift: 1 }")]
    [InlineData("Power", "power_param { power: 0.75 shift: 3 }")]
    [InlineData("Power", "")]
    [InlineData("ReLU", "")]
    [InlineData("ReLU", "relu_param { negative_slope: 0.1 engine: CAFFE }")]
    [InlineData("ReLU6", "")]
    [InlineData("Sigmoid", "")]
    [InlineData("Swish", "swish_param { beta: 1.5 }")]
    [InlineData("TanH", "")]
    [InlineData("Threshold", "threshold_param { threshold: 0.5 }")]
    public Task Given_a_function_of_elements_when_run_then_it_is_Caffe_s(string type, string settings) =>
        Check(Layer(type, settings), X.Map(x => Function(type, settings, x)));

    private static double Function(string type, string settings, double x) =>
        (type, settings) switch
        {
            ("AbsVal", _) => Math.Abs(x),
            ("BNLL", _) => Math.Log(1 + Math.Exp(x)),
            ("Clip", _) => Math.Clamp(x, -0.5, 1),
            ("Dropout", _) => x,
            ("ELU", _) => x > 0 ? x : 0.5 * (Math.Exp(x) - 1),
            ("Exp", "") => Math.Exp(x),
            ("Exp", "exp_param { shift: 0.5 }") => Math.Exp(x + 0.5),
            ("Exp", _) => Math.Pow(2, (0.5 * x) + 1.5),
            ("Log", "log_param { scale: 1 shift: 3 }") => Math.Log(x + 3),
            ("Log", _) => Math.Log10((0.5 * x) + 3),
            ("Power", "power_param { scale: 0.5 }") => 0.5 * x,
            ("Power", "power_param { shift: 1 }") => x + 1,
            ("Power", "power_param { power: 0.75 shift: 3 }") => Math.Pow(x + 3, 0.75),
            ("Power", "") => x,
            ("Power", _) => Math.Pow((0.5 * x) - 1, 2),
            ("ReLU", "") => Math.Max(x, 0),
            ("ReLU", _) => x > 0 ? x : (float)0.1 * x,
            ("ReLU6", _) => Math.Clamp(x, 0, 6),
            ("Sigmoid", _) => 1 / (1 + Math.Exp(-x)),
            ("Swish", _) => x / (1 + Math.Exp(-1.5 * x)),
            ("TanH", _) => Math.Tanh(x),
            _ => x > 0.5 ? 1 : 0,
        };

    [Theory]
    [InlineData("kernel_size: 3", 3, 3, 1, 0, 1, 1)]
    [InlineData("kernel_h: 3 kernel_w: 2 stride: 2 pad_h: 1 pad_w: 1", 3, 2, 2, 1, 1, 1)]
    [InlineData("kernel_size: 3 kernel_size: 2 stride_h: 2 stride_w: 2 pad: 1", 3, 2, 2, 1, 1, 1)]
    [InlineData("kernel_size: [2, 2] dilation: 2 pad: 2 axis: -3", 2, 2, 1, 2, 2, 1)]
    [InlineData("kernel_size: 3 group: 2 pad: 1 engine: CUDNN", 3, 3, 1, 1, 1, 2)]
    public async Task Given_a_convolution_when_run_then_it_is_Caffe_s(
        string settings,
        int height,
        int width,
        int stride,
        int pad,
        int dilation,
        int group
    )
    {
        var weight = Blob4.Sample(6, 4 / group, height, width, 2);
        var bias = Blob4.Sample(1, 1, 1, 6, 3).Floats();
        var file = new CaffeFile().Layer("y", ([6, 4 / group, height, width], weight.Floats()), ([6], bias));
        await Check(
            Layer("Convolution", $"convolution_param {{ num_output: 6 {settings} }}"),
            Convolution(X, weight, bias, stride, pad, dilation, group),
            file
        );
        await Check(
            Layer("Convolution", $"convolution_param {{ num_output: 6 bias_term: false {settings} }}"),
            Convolution(X, weight, null, stride, pad, dilation, group),
            new CaffeFile().Layer("y", ([6, 4 / group, height, width], weight.Floats()))
        );
    }

    [Theory]
    [InlineData("kernel_size: 3 stride: 2 pad: 1", 2, 1, 1)]
    [InlineData("kernel_size: 3", 1, 0, 1)]
    [InlineData("kernel_size: 3 stride: 3 group: 2", 3, 0, 2)]
    [InlineData("kernel_size: 3 stride: 2 group: 4", 2, 0, 4)]
    public Task Given_a_deconvolution_when_run_then_it_is_Caffe_s(string settings, int stride, int pad, int group)
    {
        var weight = Blob4.Sample(4, 8 / group, 3, 3, 2);
        var bias = Blob4.Sample(1, 1, 1, 8, 3).Floats();
        return Check(
            Layer("Deconvolution", $"convolution_param {{ num_output: 8 {settings} }}"),
            Deconvolution(X, weight, bias, stride, pad, group),
            new CaffeFile().Layer("y", ([4, 8 / group, 3, 3], weight.Floats()), ([8], bias))
        );
    }

    [Theory]
    [InlineData("kernel_size: 2 stride: 2", 2, 2, 0)]
    [InlineData("kernel_size: 3 stride: 2", 3, 2, 0)]
    [InlineData("kernel_size: 3 stride: 2 pad: 1", 3, 2, 1)]
    [InlineData("kernel_size: 2 stride: 2 pad: 1", 2, 2, 1)]
    [InlineData("kernel_size: 4 stride: 3 pad: 2", 4, 3, 2)]
    [InlineData("kernel_size: 3 stride: 1 pad: 1", 3, 1, 1)]
    [InlineData("kernel_h: 5 kernel_w: 5 stride_h: 3 stride_w: 3 pad_h: 4 pad_w: 4", 5, 3, 4)]
    [InlineData("kernel_size: 2 stride: 5", 2, 5, 0)]
    [InlineData("kernel_size: 8 stride: 3", 8, 3, 0)]
    [InlineData("kernel_size: 3 stride: 2 round_mode: FLOOR", 3, 2, 0)]
    [InlineData("kernel_size: 2 stride: 2 pad: 1 round_mode: FLOOR", 2, 2, 1)]
    public async Task Given_a_pooling_when_run_then_sizes_and_means_are_Caffe_s(
        string settings,
        int kernel,
        int stride,
        int pad
    )
    {
        var isCeiling = !settings.Contains("FLOOR", StringComparison.Ordinal);
        foreach (var isMax in new[] { true, false })
        {
            await Check(
                Layer("Pooling", $"pooling_param {{ pool: {(isMax ? "MAX" : "AVE")} {settings} }}"),
                Pooling(X, isMax, kernel, stride, pad, isCeiling)
            );
        }
    }

    [Fact]
    public async Task Given_a_global_pooling_when_run_then_it_is_of_the_whole_image()
    {
        var all = Enumerable.Range(0, 42);
        await Check(
            Layer("Pooling", "pooling_param { pool: AVE global_pooling: true }"),
            Blob4.Of(2, 4, 1, 1, (n, c, _, _) => all.Average(i => X[n, c, i / 6, i % 6]))
        );
        await Check(
            Layer("Pooling", "pooling_param { global_pooling: true }"),
            Blob4.Of(2, 4, 1, 1, (n, c, _, _) => all.Max(i => X[n, c, i / 6, i % 6]))
        );
    }

    [Theory]
    [InlineData(5, 2.0, 0.75, 1.5)]
    [InlineData(3, 0.5, 0.5, 2.0)]
    public async Task Given_a_response_normalization_when_run_then_it_is_Caffe_s(
        int size,
        double alpha,
        double beta,
        double k
    )
    {
        var settings = $"local_size: {size} alpha: {alpha} beta: {beta}";
        await Check(Layer("LRN", $"lrn_param {{ {settings} k: {k} }}"), LrnAcross(X, size, alpha, beta, k));
        await Check(
            Layer("LRN", $"lrn_param {{ {settings} norm_region: WITHIN_CHANNEL }}"),
            LrnWithin(X, size, alpha, beta)
        );
    }

    [Theory]
    [InlineData(false, true, 1e-9)]
    [InlineData(true, true, 1e-9)]
    [InlineData(false, true, 0.5)]
    [InlineData(true, false, 0.5)]
    public Task Given_a_mean_variance_normalization_when_run_then_it_is_Caffe_s(
        bool isAcross,
        bool hasVariance,
        double epsilon
    ) =>
        Check(
            Layer(
                "MVN",
                $"mvn_param {{ across_channels: {Text(isAcross)} normalize_variance: {Text(hasVariance)} eps: {epsilon} }}"
            ),
            Mvn(X, isAcross, hasVariance, epsilon)
        );

    [Theory]
    [InlineData(1f)]
    [InlineData(999.98f)]
    [InlineData(0f)]
    public async Task Given_a_batch_normalization_when_run_then_its_sums_are_divided_by_the_third_blob(float factor)
    {
        float[] mean = [0.5f, -1, 0.25f, 0];
        float[] variance = [1, 2, 0.5f, 0.25f];
        float[] scale = [1, -2, 3, 0.5f];
        float[] bias = [0, 1, -1, 2];
        var file = new CaffeFile().Layer("y", ([4], mean), ([4], variance), ([1], [factor]));
        var by = factor == 0 ? 0 : 1 / factor;
        const string Settings = "batch_norm_param { eps: 0.01 use_global_stats: true }";
        var normalized = Blob4.Of(
            2,
            4,
            7,
            6,
            (n, c, y, z) => (X[n, c, y, z] - (mean[c] * by)) / Math.Sqrt((variance[c] * by) + 0.01)
        );

        await Check(Layer("BatchNorm", Settings), normalized, file);

        const string Scale = "layer { name: 's' type: 'Scale' bottom: 'y' top: 'y' scale_param { bias_term: true } }";
        var both = Import(
            Net("1,4,7,6", Layer("BatchNorm", Settings) + Scale),
            new CaffeFile()
                .Layer("y", ([4], mean), ([4], variance), ([1], [factor]))
                .Layer("s", ([4], scale), ([4], bias))
        );
        var scaled = Blob4.Of(2, 4, 7, 6, (n, c, y, z) => (normalized[n, c, y, z] * scale[c]) + bias[c]);
        Assert.Equal(["s.bias", "s.weight", "y.running_mean", "y.running_var"], both.Weights.Keys);
        Assert.Single(both.Graph.Operations);
        await Check(both, scaled);
    }

    [Fact]
    public async Task Given_statistics_of_the_batch_when_run_then_each_batch_is_normalized_by_its_own()
    {
        var model = Import(
            Net("1,4,7,6", Layer("BatchNorm", "batch_norm_param { eps: 0.01 use_global_stats: false }")),
            new CaffeFile().Layer("y", ([4], new float[4]), ([4], new float[4]), ([1], [1]))
        );
        await Check(
            model,
            Blob4.Of(
                2,
                4,
                7,
                6,
                (n, c, y, z) =>
                {
                    var all = Enumerable.Range(0, 84).Select(i => X[i / 42, c, i % 42 / 6, i % 6]).ToArray();
                    var mean = all.Average();
                    return (X[n, c, y, z] - mean) / Math.Sqrt(all.Average(v => (v - mean) * (v - mean)) + 0.01);
                }
            )
        );
    }

    [Fact]
    public async Task Given_scales_and_biases_when_run_then_they_lie_at_their_axes()
    {
        float[] channels = [1, -2, 3, 0.5f];
        float[] rows = [.. Enumerable.Range(0, 28).Select(i => i / 10f)];
        await Check(
            Layer("Scale"),
            Blob4.Of(2, 4, 7, 6, (n, c, y, z) => X[n, c, y, z] * channels[c]),
            new CaffeFile().Layer("y", ([4], channels))
        );
        await Check(
            Layer("Scale", "scale_param { axis: 1 num_axes: 2 bias_term: true }"),
            Blob4.Of(2, 4, 7, 6, (n, c, y, z) => (X[n, c, y, z] * rows[(c * 7) + y]) + (2 * rows[(c * 7) + y])),
            new CaffeFile().Layer("y", ([4, 7], rows), ([4, 7], [.. rows.Select(v => 2 * v)]))
        );
        await Check(
            Layer("Scale", "scale_param { axis: -1 num_axes: -1 }"),
            Blob4.Of(2, 4, 7, 6, (n, c, y, z) => X[n, c, y, z] * rows[z]),
            new CaffeFile().Layer("y", ([6], rows[..6]))
        );
        await Check(
            Layer("Bias", "bias_param { num_axes: 0 }"),
            X.Map(x => x + 5),
            new CaffeFile().Layer("y", ([], [5]))
        );
        await Check(
            Layer("Bias"),
            Blob4.Of(2, 4, 7, 6, (n, c, y, z) => X[n, c, y, z] + channels[c]),
            new CaffeFile().Layer("y", ([4], channels))
        );
    }

    [Fact]
    public async Task Given_a_second_blob_when_scaled_then_it_takes_the_place_of_weights()
    {
        const string Pool =
            "layer { name: 'p' type: 'Pooling' bottom: 'data' top: 'p' pooling_param { global_pooling: true } }"
            + " layer { name: 'f' type: 'Flatten' bottom: 'p' top: 'f' } ";
        double Most(int n, int c) => Enumerable.Range(0, 42).Max(i => X[n, c, i / 6, i % 6]);
        await Check(
            Pool + "layer { name: 'y' type: 'Scale' bottom: 'data' bottom: 'f' top: 'y' scale_param { axis: 0 } }",
            Blob4.Of(2, 4, 7, 6, (n, c, y, z) => X[n, c, y, z] * Most(n, c))
        );
        await Check(
            Pool + "layer { name: 'y' type: 'Bias' bottom: 'data' bottom: 'f' top: 'y' bias_param { axis: 0 } }",
            Blob4.Of(2, 4, 7, 6, (n, c, y, z) => X[n, c, y, z] + Most(n, c))
        );
    }

    [Theory]
    [InlineData("PReLU", "", 4)]
    [InlineData("PReLU", "prelu_param { channel_shared: true }", 1)]
    public Task Given_slopes_when_run_then_they_are_of_the_channels(string type, string settings, int count)
    {
        float[] slopes = [0.5f, -1, 0.25f, 2];
        return Check(
            Layer(type, settings),
            Blob4.Of(
                2,
                4,
                7,
                6,
                (n, c, y, z) => X[n, c, y, z] > 0 ? X[n, c, y, z] : slopes[count == 1 ? 0 : c] * X[n, c, y, z]
            ),
            new CaffeFile().Layer("y", ([count], slopes[..count]))
        );
    }

    private static string Text(bool value) => value ? "true" : "false";

    private Task Check(string layers, Blob4 expected, CaffeFile? weights = null) =>
        Check(Import(Net("1,4,7,6", layers), weights), expected);

    private async Task Check(ImportedModel model, Blob4 expected)
    {
        var found = await CaffeRuns.Run(device, model, ("data", X.ToTensor()));
        Assert.Equal("y", Assert.Single(model.Graph.Outputs).Name);
        Assert.Null(TensorDifference.Of(expected.ToTensor(), found["y"], Tolerance, Tolerance));
    }
}
