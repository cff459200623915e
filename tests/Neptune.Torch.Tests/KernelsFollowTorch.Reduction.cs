using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private static IEnumerable<(string, KernelCase)> ReductionCases() =>
        [.. ReduceCases(), .. ProductCases(), .. LossCases(), .. QuantizationCases()];

    private static IEnumerable<(string, KernelCase)> ReduceCases()
    {
        (string, Func<Tensor, Tensor>)[] reductions =
        [
            ("ReduceL1", h => h.abs().sum(-1)),
            ("ReduceL2", h => h.pow(2).sum(-1).sqrt()),
            ("ReduceLogSumExp", h => h.exp().sum(-1).log()),
            ("ReduceMax", h => h.max(-1).values),
            ("ReduceMean", h => h.mean([-1])),
            ("ReduceMin", h => h.min(-1).values),
            ("ReduceProd", h => h.prod(-1)),
            ("ReduceSum", h => h.sum(-1)),
            ("ReduceSumSquare", h => h.pow(2).sum(-1)),
        ];
        foreach (var (type, reduce) in reductions)
        {
            yield return (
                $"{type} of the last axis",
                Case([4, 5], [4], reduce, Wholes("a", -1), Op(type, "y", ["h", "a"], ("keepdims", 0)))
            );
            yield return (
                $"{type} of two axes",
                Case(
                    [4, 5],
                    [1, 1],
                    h => reduce(h.flatten(1)).reshape(Rows, 1, 1),
                    Op(type, "y", ["h"], ("axes", new long[] { 1, 2 }))
                )
            );
        }
        yield return (
            "ReduceLogSum",
            Case(
                [4, 5],
                [4, 1],
                h => h.exp().sum(2, keepdim: true).log(),
                [Op("Exp", "e", ["h"]), Op("ReduceLogSum", "y", ["e"], ("axes", new long[] { 2 }))]
            )
        );
        yield return (
            "ReduceMax of all, and of none",
            Case(
                h => h * h.max(),
                Op("ReduceMax", "m", ["h"], ("keepdims", 0)),
                Op("ReduceSum", "n", ["h"], ("noop_with_empty_axes", 1)),
                Op("Mul", "y", ["n", "m"])
            )
        );
    }

    private static IEnumerable<(string, KernelCase)> ProductCases()
    {
        yield return (
            "Einsum",
            new([4, 5], [5, 6], [Weight("w", 4, 6)], (h, p) => h.transpose(1, 2).matmul(p["w"]))
            {
                Operations = [Op("Einsum", "y", ["h", "w"], ("equation", "bij, ik -> bjk"))],
            }
        );
        yield return ("Det", Case([3, 2, 2], [3], h => Det(h), Op("Det", "y", ["h"])));
    }

    private static Tensor Det(Tensor h) =>
        (h.select(-2, 0).select(-1, 0) * h.select(-2, 1).select(-1, 1))
        - (h.select(-2, 0).select(-1, 1) * h.select(-2, 1).select(-1, 0));

    private static IEnumerable<(string, KernelCase)> LossCases()
    {
        long[] labels = [2, 0, 1, 3, 3, 1];
        Tensor Reference(Tensor h, Tensor w) =>
            F.cross_entropy(h, tensor(labels, [3, 2]), w, ignore_index: 1, reduction: nn.Reduction.None);
        yield return (
            "SoftmaxCrossEntropyLoss of each place",
            new([4, 2], [2], [Weight("w", false, 4)], (h, p) => Reference(h, p["w"]))
            {
                Operations =
                [
                    Wholes("c", Shape.Of(3, 2), labels),
                    .. Freed("l", "c", 3),
                    Op("SoftmaxCrossEntropyLoss", "y", ["h", "l", "w"], ("reduction", "none"), ("ignore_index", 1)),
                ],
            }
        );
        foreach (var (reduction, torchs) in new[] { ("mean", nn.Reduction.Mean), ("sum", nn.Reduction.Sum) })
        {
            yield return (
                $"NegativeLogLikelihoodLoss, {reduction}, as a factor",
                new(
                    [4, 2],
                    [4, 2],
                    [],
                    (h, _) => h * F.cross_entropy(h, tensor(labels, [3, 2]), null, ignore_index: 1, reduction: torchs)
                )
                {
                    Operations =
                    [
                        Op("LogSoftmax", "g", ["h"], ("axis", 1)),
                        Wholes("c", Shape.Of(3, 2), labels),
                        .. Freed("l", "c", 3),
                        Op(
                            "NegativeLogLikelihoodLoss",
                            "loss",
                            ["g", "l"],
                            ("reduction", reduction),
                            ("ignore_index", 1)
                        ),
                        Op("Mul", "y", ["h", "loss"]),
                    ],
                }
            );
        }
        yield return (
            "SoftmaxCrossEntropyLoss, its logarithms",
            Case(
                [4, 2],
                [4, 2],
                h => F.log_softmax(h, 1),
                [
                    Wholes("c", Shape.Of(3, 2), labels),
                    .. Freed("l", "c", 3),
                    Op("SoftmaxCrossEntropyLoss", "loss", ["h", "l"]) with
                    {
                        Outputs = ["loss", "y"],
                    },
                ]
            )
        );
    }

    private static IEnumerable<(string, KernelCase)> QuantizationCases()
    {
        yield return (
            "QuantizeLinear and DequantizeLinear, a scale for each column",
            Case(
                h =>
                {
                    var scale = tensor([0.1f, 0.2f, 0.01f, 0.05f, 0.5f]);
                    return h + (((h / scale).round() + 3).clamp(-128, 127) - 3) * scale;
                },
                ConstantValue.ToOperation("s", TensorValue.Of(Shape.Of(5), [0.1f, 0.2f, 0.01f, 0.05f, 0.5f])),
                ConstantValue.ToOperation("z", new(ElementType.Int8, Shape.Of(5), new byte[] { 3, 3, 3, 3, 3 })),
                Op("QuantizeLinear", "q", ["h", "s", "z"], ("axis", 2)),
                Op("DequantizeLinear", "d", ["q", "s", "z"], ("axis", 2)),
                Op("Add", "y", ["h", "d"])
            )
        );
        yield return (
            "DynamicQuantizeLinear and MatMulInteger",
            new(
                [4, 5],
                [4, 6],
                [Weight("w", 5, 6)],
                (h, p) =>
                {
                    var scale = (h.max() - h.min()) / 255;
                    var zero = (-h.min() / scale).round();
                    var q = ((h / scale).round() + zero).clamp(0, 255) - zero;
                    return h.matmul(p["w"]) + q.sum(-1, keepdim: true).detach().expand(Rows, 4, 6);
                }
            )
            {
                Operations =
                [
                    Op("DynamicQuantizeLinear", "q", ["h"]) with
                    {
                        Outputs = ["q", "s", "z"],
                    },
                    ConstantValue.ToOperation(
                        "ones",
                        new(ElementType.Int8, Shape.Of(5, 6), Enumerable.Repeat((byte)1, 30).ToArray())
                    ),
                    Op("MatMulInteger", "i", ["q", "ones", "z"]),
                    Op("Cast", "f", ["i"], ("to", "Float32")),
                    Op("MatMul", "m", ["h", "w"]),
                    Op("Add", "y", ["m", "f"]),
                ],
            }
        );
    }
}
