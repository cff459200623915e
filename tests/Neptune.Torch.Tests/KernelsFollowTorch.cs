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
public sealed partial class KernelsFollowTorch(OneDevice device) : IClassFixture<OneDevice>
{
    private const int Rows = 3;

    private static readonly (string Name, KernelCase Case)[] All =
    [
        .. DenseCases(),
        .. SpatialCases(),
        .. WindowCases(),
        .. SamplingCases(),
        .. NormalizationCases(),
        .. RecurrentCases(),
        .. ElementwiseCases(),
        .. LayoutCases(),
        .. IndexingCases(),
        .. ReductionCases(),
    ];

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
                // tests of their own: training differs from inference
                .Concat(["BatchNormalization", "Dropout", "UserModule"])
                .Append(OpaqueModule.Type) // is never trained; the importer's tests run it
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
        yield return (
            "Constant",
            new([4, 5], [4, 5], [], (h, _) => h * tensor([1f, 2f, -1f, 0.5f, 3f]))
            {
                Operations =
                [
                    ConstantValue.ToOperation("c", TensorValue.Of(Shape.Of(5), [1f, 2f, -1f, 0.5f, 3f])),
                    Op("Mul", "y", ["h", "c"]),
                ],
            }
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
