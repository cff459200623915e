using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

/// <summary>
/// Each kernel next to TorchSharp's own function: outputs in training and inference, and gradients of all parameters. A
/// parameter is added to the input first, so that the gradient of a computed value is compared too.
/// </summary>
public sealed class KernelsFollowTorch(OneDevice device) : IClassFixture<OneDevice>
{
    private const int Rows = 3;

    private static readonly (string Name, KernelCase Case)[] All = [.. DenseCases(), .. SpatialCases()];

    public static TheoryData<string> Names => [.. All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Given_an_operation_when_run_then_values_and_gradients_are_those_of_torch(string name) =>
        device.Run(() =>
        {
            var test = All.Single(c => c.Name == name).Case;
            var graph = Of(
                test.Input,
                "y",
                test.Output,
                [Weight("p", test.Input), .. test.Parameters],
                [Op("Add", "h", ["x", "p"]), .. test.Operations]
            );
            var training = new TrainingGraph
            {
                Graph = graph,
                Loss = new Loss.MeanSquaredError(),
                Optimizer = new Optimizer.Sgd(),
            };
            using var replica = new Replica(device.Device, training, seed: 5);
            using var exchange = replica.NewExchangeBuffer();
            var features = Samples.Floats(Rows * Size(test.Input), 7);
            var targets = Samples.Floats(Rows * Size(test.Output), 8);
            var batch = new ShardBatch(Rows, features) { Targets = targets };

            var outcome = replica.ForwardBackward(batch, new(1, 0, 0, 0), exchange);

            var tensors = graph.Parameters.ToDictionary(
                p => p.Name,
                p =>
                    tensor(replica.ExportWeights()[p.Name].Floats.ToArray())
                        .reshape(p.Shape.ToArray())
                        .detach()
                        .requires_grad_(p.Trainable)
            );
            var x = tensor(features).reshape([Rows, .. test.Input]);
            var y = test.Reference(x + tensors["p"], tensors);
            Assert.Equal([Rows, .. test.Output], y.shape);
            var loss = (y - tensor(targets).reshape(y.shape)).pow(2).sum() / Size(test.Output);
            loss.backward();

            Close.To(Plain(y), replica.Predict(features, Rows), 2e-5f, "outputs in inference");
            Assert.Equal(loss.item<float>(), outcome.LossSum, 1e-4 * Math.Max(1, outcome.LossSum));
            foreach (var slice in exchange.Layout.Trainable.Slices)
            {
                var expected = Plain(tensors[slice.Parameter.Name].grad!);
                var actual = exchange.Span.Slice(slice.Offset, slice.Length);
                Close.To(expected, actual, 2e-5f, $"gradient of {slice.Parameter.Name}");
            }
        });

    [Fact]
    public void Given_the_graph_s_operators_when_kernels_are_counted_then_each_has_one() =>
        Assert.Equal(OperationRegistry.Types.Order(), KernelRegistry.Types.Order());

    [Fact]
    public void Given_the_kernels_when_cases_are_counted_then_each_has_one() =>
        Assert.Equal(
            KernelRegistry.Types.Order(),
            All.SelectMany(c => c.Case.Operations)
                .Select(o => o.Type)
                .Concat(["BatchNormalization", "Dropout"]) // tests of their own: training differs from inference
                .Distinct()
                .Order()
        );

    private static int Size(long[] shape) => (int)shape.Aggregate(1L, (a, b) => a * b);

    private static float[] Plain(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static IEnumerable<(string, KernelCase)> DenseCases()
    {
        yield return (
            "Gemm, weight as (out, in), bias",
            new([5], [4], [Weight("w", 4, 5), Weight("b", 4)], (h, p) => F.linear(h, p["w"], p["b"]))
            {
                Operations = [Op("Gemm", "y", ["h", "w", "b"], ("transB", 1))],
            }
        );
        yield return (
            "Gemm, weight as (in, out), no bias, alpha",
            new([5], [4], [Weight("w", 5, 4)], (h, p) => h.mm(p["w"]) * 0.5)
            {
                Operations = [Op("Gemm", "y", ["h", "w"], ("alpha", 0.5f))],
            }
        );
        yield return (
            "Gemm, alpha and beta",
            new([5], [4], [Weight("w", 4, 5), Weight("b", 4)], (h, p) => (h.mm(p["w"].t()) * 2) + (p["b"] * 3))
            {
                Operations = [Op("Gemm", "y", ["h", "w", "b"], ("transB", 1), ("alpha", 2f), ("beta", 3f))],
            }
        );
        yield return (
            "Gemm, bias as a matrix of one row",
            new([5], [4], [Weight("w", 4, 5), Weight("b", 1, 4)], (h, p) => h.mm(p["w"].t()) + p["b"])
            {
                Operations = [Op("Gemm", "y", ["h", "w", "b"], ("transB", 1))],
            }
        );
        yield return (
            "Gemm, one weight used twice",
            new(
                [5],
                [5],
                [Weight("w", 5, 5), Weight("b", 5)],
                (h, p) => F.linear(F.linear(h, p["w"], p["b"]), p["w"], p["b"])
            )
            {
                Operations =
                [
                    Op("Gemm", "g", ["h", "w", "b"], ("transB", 1)),
                    Op("Gemm", "y", ["g", "w", "b"], ("transB", 1)),
                ],
            }
        );
        yield return (
            "MatMul of a sequence, and Add",
            new([6, 5], [6, 4], [Weight("w", 5, 4), Weight("b", 4)], (h, p) => h.matmul(p["w"]) + p["b"])
            {
                Operations = [Op("MatMul", "m", ["h", "w"]), Op("Add", "y", ["m", "b"])],
            }
        );
        yield return (
            "Add of two values, one of them read twice",
            new([5], [5], [], (h, _) => h.relu() + h)
            {
                Operations = [Op("Relu", "r", ["h"]), Op("Add", "y", ["r", "h"])],
            }
        );
        yield return (
            "Mul with broadcasting",
            new([4, 5], [4, 5], [Weight("s", 4, 1)], (h, p) => h * p["s"]) { Operations = [Op("Mul", "y", ["h", "s"])] }
        );
        yield return ("Relu", Elementwise("Relu", h => h.relu()));
        yield return ("Sigmoid", Elementwise("Sigmoid", h => h.sigmoid()));
        yield return ("Tanh", Elementwise("Tanh", h => h.tanh()));
        yield return ("Identity", Elementwise("Identity", h => h));
        yield return ("Softmax", Elementwise("Softmax", h => F.softmax(h, -1)));
        yield return ("LogSoftmax", Elementwise("LogSoftmax", h => F.log_softmax(h, -1)));
        yield return (
            "Softmax along axis 1",
            new([4, 5], [4, 5], [], (h, _) => F.softmax(h, 1)) { Operations = [Op("Softmax", "y", ["h"], ("axis", 1))] }
        );
        yield return (
            "Flatten",
            new([2, 3, 4], [24], [], (h, _) => h.flatten(1)) { Operations = [Op("Flatten", "y", ["h"])] }
        );
        yield return (
            "Reshape, copies and infers",
            new([2, 3, 4], [4, 6], [], (h, _) => h.reshape(Rows, 4, 6))
            {
                Operations = [Op("Reshape", "y", ["h"], ("shape", new long[] { 0, 4, -1 }))],
            }
        );
        yield return (
            "Transpose, then Relu",
            new([2, 3, 4], [4, 2, 3], [], (h, _) => h.permute(0, 3, 1, 2).relu())
            {
                Operations = [Op("Transpose", "t", ["h"], ("perm", new long[] { 0, 3, 1, 2 })), Op("Relu", "y", ["t"])],
            }
        );
    }

    private static KernelCase Elementwise(string type, Func<Tensor, Tensor> reference) =>
        new([4, 5], [4, 5], [], (h, _) => reference(h)) { Operations = [Op(type, "y", ["h"])] };

    private static IEnumerable<(string, KernelCase)> SpatialCases()
    {
        yield return (
            "Conv with bias",
            new([2, 7, 6], [4, 5, 4], [Weight("w", 4, 2, 3, 3), Weight("b", 4)], (h, p) => Exact(h, p["w"], p["b"]))
            {
                Operations = [Op("Conv", "y", ["h", "w", "b"])],
            }
        );
        yield return (
            "Conv of channels that fill blocks, which libtorch computes",
            new(
                [16, 7, 6],
                [32, 5, 4],
                [Weight("w", 32, 16, 3, 3), Weight("b", 32)],
                (h, p) => Exact(h, p["w"], p["b"])
            )
            {
                Operations = [Op("Conv", "y", ["h", "w", "b"])],
            }
        );
        yield return (
            "Conv of each channel apart",
            new(
                [6, 7, 6],
                [6, 5, 4],
                [Weight("w", 6, 1, 3, 3), Weight("b", 6)],
                (h, p) => Exact(h, p["w"], p["b"], groups: 6)
            )
            {
                Operations = [Op("Conv", "y", ["h", "w", "b"], ("group", 6))],
            }
        );
        yield return (
            "Conv with groups, strides and dilations",
            new(
                [4, 11, 9],
                [6, 5, 4],
                [Weight("w", 6, 2, 3, 2)],
                (h, p) => Exact(h, p["w"], null, [2, 2], [1, 0], [2, 1], 2)
            )
            {
                Operations =
                [
                    Op(
                        "Conv",
                        "y",
                        ["h", "w"],
                        ("group", 2),
                        ("strides", new long[] { 2, 2 }),
                        ("dilations", new long[] { 2, 1 }),
                        ("pads", new long[] { 1, 0, 1, 0 })
                    ),
                ],
            }
        );
        yield return (
            "Conv with other pads on each side",
            new(
                [2, 5, 5],
                [3, 6, 8],
                [Weight("w", 3, 2, 3, 3), Weight("b", 3)],
                (h, p) => Exact(F.pad(h, [2, 3, 1, 2]), p["w"], p["b"])
            )
            {
                Operations = [Op("Conv", "y", ["h", "w", "b"], ("pads", new long[] { 1, 2, 2, 3 }))],
            }
        );
        yield return (
            "Conv SAME_UPPER of an even window",
            new([2, 5, 5], [3, 5, 5], [Weight("w", 3, 2, 2, 2)], (h, p) => Exact(F.pad(h, [0, 1, 0, 1]), p["w"]))
            {
                Operations = [Op("Conv", "y", ["h", "w"], ("auto_pad", "SAME_UPPER"))],
            }
        );
        yield return (
            "Conv SAME_LOWER with strides",
            new(
                [2, 6, 6],
                [3, 3, 3],
                [Weight("w", 3, 2, 3, 3)],
                (h, p) => Exact(F.pad(h, [1, 0, 1, 0]), p["w"], null, [2, 2])
            )
            {
                Operations =
                [
                    Op("Conv", "y", ["h", "w"], ("auto_pad", "SAME_LOWER"), ("strides", new long[] { 2, 2 })),
                ],
            }
        );
        yield return (
            "Conv, Relu, MaxPool, Flatten, Gemm",
            new(
                [1, 9, 9],
                [3],
                [Weight("w", 4, 1, 2, 2), Weight("b", 4), Weight("v", 3, 64)],
                (h, p) => F.max_pool2d(Exact(h, p["w"], p["b"]).relu(), 2, 2).flatten(1).mm(p["v"].t())
            )
            {
                Operations =
                [
                    Op("Conv", "c", ["h", "w", "b"]),
                    Op("Relu", "r", ["c"]),
                    Op("MaxPool", "m", ["r"], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })),
                    Op("Flatten", "f", ["m"]),
                    Op("Gemm", "y", ["f", "v"], ("transB", 1)),
                ],
            }
        );
        yield return (
            "MaxPool with pads, dilations and ceil_mode",
            new([2, 8, 7], [2, 5, 3], [], (h, _) => F.max_pool2d(h, [3, 3], [2, 2], [1, 1], [1, 2], true))
            {
                Operations =
                [
                    Op(
                        "MaxPool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 3, 3 }),
                        ("strides", new long[] { 2, 2 }),
                        ("pads", new long[] { 1, 1, 1, 1 }),
                        ("dilations", new long[] { 1, 2 }),
                        ("ceil_mode", 1)
                    ),
                ],
            }
        );
        yield return (
            "MaxPool SAME_UPPER",
            new(
                [2, 5, 5],
                [2, 3, 3],
                [],
                (h, _) => F.max_pool2d(F.pad(h, [0, 1, 0, 1], value: double.NegativeInfinity), 2, 2)
            )
            {
                Operations =
                [
                    Op(
                        "MaxPool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 2, 2 }),
                        ("strides", new long[] { 2, 2 }),
                        ("auto_pad", "SAME_UPPER")
                    ),
                ],
            }
        );
        yield return (
            "AveragePool that leaves padding out",
            new([2, 6, 6], [2, 3, 3], [], (h, _) => F.avg_pool2d(h, [3, 3], [2, 2], [1, 1], count_include_pad: false))
            {
                Operations =
                [
                    Op(
                        "AveragePool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 3, 3 }),
                        ("strides", new long[] { 2, 2 }),
                        ("pads", new long[] { 1, 1, 0, 0 })
                    ),
                ],
            }
        );
        yield return (
            "AveragePool that counts padding",
            new([2, 6, 6], [2, 4, 4], [], (h, _) => F.avg_pool2d(h, [2, 2], [2, 2], [1, 1], count_include_pad: true))
            {
                Operations =
                [
                    Op(
                        "AveragePool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 2, 2 }),
                        ("strides", new long[] { 2, 2 }),
                        ("pads", new long[] { 1, 1, 1, 1 }),
                        ("count_include_pad", 1)
                    ),
                ],
            }
        );
        yield return (
            "GlobalAveragePool",
            new([3, 4, 5], [3, 1, 1], [], (h, _) => h.mean([2, 3], keepdim: true))
            {
                Operations = [Op("GlobalAveragePool", "y", ["h"])],
            }
        );
    }

    /// <summary>
    /// A convolution in double precision by unfolded windows: F.conv2d itself is wrong on some processors (see
    /// Convolution.IsReliable), without an error.
    /// </summary>
    private static Tensor Exact(
        Tensor image,
        Tensor filters,
        Tensor? bias = null,
        long[]? strides = null,
        long[]? padding = null,
        long[]? dilation = null,
        int groups = 1
    )
    {
        var ((sy, sx), (py, px), (dy, dx)) = (Two(strides, 1), Two(padding, 0), Two(dilation, 1));
        var (images, weights) = (image.to(float64).chunk(groups, 1), filters.to(float64).chunk(groups, 0));
        var results = images.Zip(
            weights,
            (x, w) => w.flatten(1).matmul(F.unfold(x, (w.size(2), w.size(3)), (dy, dx), (py, px), (sy, sx)))
        );
        var height = ((image.size(2) + (2 * py) - ((filters.size(2) - 1) * dy) - 1) / sy) + 1;
        var y = cat([.. results], 1).reshape(image.size(0), filters.size(0), height, -1);
        return (bias is null ? y : y + bias.reshape(1, -1, 1, 1)).to(float32);

        static (long, long) Two(long[]? values, long otherwise) =>
            values is null ? (otherwise, otherwise) : (values[0], values[1]);
    }

    private sealed record KernelCase(
        long[] Input,
        long[] Output,
        Parameter[] Parameters,
        Func<Tensor, Dictionary<string, Tensor>, Tensor> Reference
    )
    {
        public required Operation[] Operations { get; init; }
    }
}
