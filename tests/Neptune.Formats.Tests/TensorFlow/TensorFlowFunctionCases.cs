using TorchSharp;
using static Neptune.Formats.Tests.TensorFlowGraphWriter;
using static Neptune.Formats.Tests.TensorFlowMaths;
using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>Functions of elements, products of matrices, and what is known before the graph runs.</summary>
internal static class TensorFlowFunctionCases
{
    private static readonly long[] Rows = [3, 4];

    public static IEnumerable<TensorFlowCase> All =>
        [
            .. Functions.Select(f => new TensorFlowCase($"{f.Op}", Rows, g => g.Node(f.Op, "y", "x"), f.Expected)),
            .. Positive.Select(f => new TensorFlowCase(
                $"{f.Op} of numbers above 0",
                Rows,
                g => g.Node("Exp", "p", "x").Node(f.Op, "y", "p"),
                x => f.Expected(x.exp())
            )),
            .. Pairs.Select(f => new TensorFlowCase(
                $"{f.Op} with a constant",
                Rows,
                g => g.Const("k", [4], 0.5f, -2, 3, 1).Node(f.Op, "y", "x k"),
                x => f.Expected(x, tensor(new[] { 0.5f, -2, 3, 1 }))
            )),
            new(
                "LeakyRelu",
                Rows,
                g => g.Node("LeakyRelu", "y", "x", Number("alpha", 0.3f)),
                x => nn.functional.leaky_relu(x, 0.3)
            ),
            new(
                "ClipByValue",
                Rows,
                g => g.Const("l", [], -0.5f).Const("h", [], 1f).Node("ClipByValue", "y", "x l h"),
                x => x.clamp(-0.5, 1)
            ),
            new("Cast to whole numbers and FloorDiv and FloorMod of them", Rows, Whole, x => WholeExpected(x)),
            new(
                "Select of rows",
                Rows,
                g =>
                    g.Vector("z", 0, 1)
                        .Scalar("one", 1)
                        .Node("Sum", "s", "x one")
                        .Const("n", [], 0f)
                        .Node("Greater", "c", "s n")
                        .Node("Neg", "m", "x")
                        .Node("Select", "y", "c x m"),
                x => where((x.sum(1) > 0).unsqueeze(1), x, -x)
            ),
            new(
                "SelectV2",
                Rows,
                g => g.Const("n", [], 0f).Node("Less", "c", "x n").Node("SelectV2", "y", "c n x"),
                x => x.clamp_min(0)
            ),
            new(
                "LogicalNot, LogicalAnd, LogicalOr",
                Rows,
                g =>
                    g.Const("n", [], 0f)
                        .Const("o", [], 1f)
                        .Node("Less", "a", "x n")
                        .Node("Greater", "b", "x o")
                        .Node("LogicalOr", "c", "a b")
                        .Node("LogicalNot", "y", "c"),
                x => ((x < 0).logical_or(x > 1)).logical_not()
            ),
            new(
                "MatMul with both transposed",
                Rows,
                g =>
                    g.Const("w", [4, 5], Numbers(20))
                        .Node("MatMul", "y", "w x", Flag("transpose_a", true), Flag("transpose_b", true)),
                x => Of(Numbers(20), 4, 5).t().matmul(x.t())
            ),
            new(
                "MatMul and a bias",
                Rows,
                g =>
                    g.Const("w", [4, 5], Numbers(20))
                        .Const("b", [5], Numbers(5))
                        .Node("MatMul", "m", "x w")
                        .Node("AddV2", "y", "b m"),
                x => x.matmul(Of(Numbers(20), 4, 5)) + Of(Numbers(5), 5)
            )
            {
                Operations = ("Add", 0),
            },
            new(
                "MatMul that others read too keeps its bias apart",
                Rows,
                g =>
                    g.Const("w", [4, 5], Numbers(20))
                        .Const("b", [5], Numbers(5))
                        .Node("MatMul", "m", "x w")
                        .Node("BiasAdd", "s", "m b")
                        .Node("Mul", "y", "m s"),
                x => x.matmul(Of(Numbers(20), 4, 5)) * (x.matmul(Of(Numbers(20), 4, 5)) + Of(Numbers(5), 5))
            ),
            new(
                "_FusedMatMul",
                Rows,
                g =>
                    g.Const("w", [4, 5], Numbers(20))
                        .Const("b", [5], Numbers(5))
                        .Node("_FusedMatMul", "y", "x w b", Texts("fused_ops", "BiasAdd", "Tanh")),
                x => (x.matmul(Of(Numbers(20), 4, 5)) + Of(Numbers(5), 5)).tanh()
            ),
            new(
                "BatchMatMulV2 of a value and its own adjoint",
                [2, 3, 4],
                g => g.Node("BatchMatMulV2", "y", "x x", Flag("adj_y", true)),
                x => x.matmul(x.transpose(1, 2))
            ),
            new(
                "Einsum",
                [2, 3, 4],
                g =>
                    g.Const("w", [4, 5, 6], Numbers(120)).Node("Einsum", "y", "x w", Text("equation", "abc,cde->abde")),
                x => einsum("abc,cde->abde", x, Of(Numbers(120), 4, 5, 6))
            ),
            new(
                "weights that the file computes",
                Rows,
                g =>
                    g.Const("w", [5, 4], Numbers(20))
                        .Vector("p", 1, 0)
                        .Node("Transpose", "t", "w p")
                        .Const("s", [5], 1, 2, 3, 4, 5)
                        .Node("Mul", "v", "t s")
                        .Node("MatMul", "y", "x v"),
                x => x.matmul(Of(Numbers(20), 5, 4).t() * tensor(new[] { 1f, 2, 3, 4, 5 }))
            )
            {
                Operations = ("Mul", 0),
            },
            new("dropout of the first TensorFlow with a keep probability of 1", Rows, g => FirstDropout(g), x => x)
            {
                Operations = ("Mul", 0),
            },
            new(
                "dropout by a placeholder that is named as its keep probability",
                Rows,
                g => DropoutOf(g.Node("Placeholder", "keep_prob", "", Type("dtype", Real32)), "keep_prob"),
                x => x
            )
            {
                Operations = ("Mul", 0),
            },
            new(
                "a placeholder that says whether the model trains",
                Rows,
                g =>
                    g.Node("Placeholder", "is_training", "", Type("dtype", 10))
                        .Node("Switch", "switch", "x is_training")
                        .Node("Neg", "negative", "switch:0")
                        .Node("Bessel", "unknown", "switch:1")
                        .Node("Merge", "y", "negative unknown"),
                x => -x
            ),
            new(
                "LayerNormalization as Keras fuses it",
                [3, 5, 4],
                g => Normalized(g),
                x => nn.functional.layer_norm(x, [4], tensor(new[] { 1f, 2, 3, 4 }), null, 0.001)
            ),
            new(
                "a flatten by the product of lengths",
                [3, 2, 4],
                g =>
                    g.Node("Shape", "shape", "x", Type("out_type", Whole32))
                        .Vector("zero", 0)
                        .Vector("one", 1)
                        .Vector("two", 2)
                        .Node("Slice", "n", "shape zero one")
                        .Node("Slice", "rest", "shape one two")
                        .Node("Prod", "product", "rest zero")
                        .Scalar("axis", 0)
                        .Node("ExpandDims", "last", "product axis")
                        .Node("ConcatV2", "lengths", "n last axis")
                        .Node("Reshape", "y", "x lengths"),
                x => x.reshape(3, 8)
            )
            {
                Operations = ("Shape", 0),
            },
            new("dropout of the second TensorFlow with a rate of 0", Rows, g => SecondDropout(g), x => x)
            {
                Operations = ("Mul", 0),
            },
            new("a branch that is not taken", Rows, g => Branch(g), x => x * 2) { Operations = ("Relu", 0) },
        ];

    private static IEnumerable<(string Op, Func<Tensor, Tensor> Expected)> Functions =>
        [
            ("Abs", x => x.abs()),
            ("Ceil", x => x.ceil()),
            ("Cos", x => x.cos()),
            ("Elu", x => nn.functional.elu(x, 1)),
            ("Erf", x => x.erf()),
            ("Erfc", x => x.erfc()),
            ("Exp", x => x.exp()),
            ("Expm1", x => x.expm1()),
            ("Floor", x => x.floor()),
            ("LogSoftmax", x => x.log_softmax(1)),
            ("Neg", x => -x),
            ("OnesLike", x => ones_like(x)),
            ("Reciprocal", x => 1 / x),
            ("Relu", x => nn.functional.relu(x)),
            ("Relu6", x => nn.functional.relu6(x)),
            ("Round", x => x.round()),
            ("Selu", x => nn.functional.selu(x)),
            ("Sigmoid", x => x.sigmoid()),
            ("Sign", x => x.sign()),
            ("Sin", x => x.sin()),
            ("Softmax", x => x.softmax(1)),
            ("Softplus", x => nn.functional.softplus(x)),
            ("Softsign", x => x / (1 + x.abs())),
            ("Square", x => x * x),
            ("StopGradient", x => x),
            ("Tan", x => x.tan()),
            ("Tanh", x => x.tanh()),
            ("ZerosLike", x => zeros_like(x)),
        ];

    private static IEnumerable<(string Op, Func<Tensor, Tensor> Expected)> Positive =>
        [("Log", x => x.log()), ("Log1p", x => x.log1p()), ("Rsqrt", x => x.rsqrt()), ("Sqrt", x => x.sqrt())];

    private static IEnumerable<(string Op, Func<Tensor, Tensor, Tensor> Expected)> Pairs =>
        [
            ("AddV2", (x, k) => x + k),
            ("Sub", (x, k) => x - k),
            ("Mul", (x, k) => x * k),
            ("RealDiv", (x, k) => x / k),
            ("DivNoNan", (x, k) => x / k),
            ("FloorDiv", (x, k) => (x / k).floor()),
            ("FloorMod", (x, k) => x.remainder(k)),
            ("Mod", (x, k) => x.fmod(k)),
            ("Maximum", (x, k) => x.maximum(k)),
            ("Minimum", (x, k) => x.minimum(k)),
            ("SquaredDifference", (x, k) => (x - k) * (x - k)),
            ("Equal", (x, k) => x == k),
            ("NotEqual", (x, k) => x != k),
            ("Greater", (x, k) => x > k),
            ("GreaterEqual", (x, k) => x >= k),
            ("Less", (x, k) => x < k),
            ("LessEqual", (x, k) => x <= k),
            ("Prelu", (x, k) => where(x > 0, x, x * k)),
        ];

    private static void Whole(TensorFlowGraphWriter g) =>
        g.Const("ten", [], 10f)
            .Node("Mul", "large", "x ten")
            .Node("Cast", "i", "large", Type("SrcT", Real32), Type("DstT", Whole32))
            .Scalar("three", 3)
            .Node("FloorDiv", "q", "i three")
            .Node("FloorMod", "r", "i three")
            .Scalar("hundred", 100)
            .Node("Mul", "h", "q hundred")
            .Node("AddV2", "y", "h r");

    private static Tensor WholeExpected(Tensor x)
    {
        var i = (x * 10).to(int32);
        var remainder = i.remainder(3);
        return (((i - remainder) / 3).to(int32) * 100) + remainder;
    }

    private static TensorFlowGraphWriter FirstDropout(TensorFlowGraphWriter g) =>
        DropoutOf(g.Const("one", [], 1f).Node("PlaceholderWithDefault", "keep", "one", Type("dtype", Real32)), "keep");

    private static TensorFlowGraphWriter DropoutOf(TensorFlowGraphWriter g, string keep) =>
        g.Node("Shape", "shape", "x", Type("out_type", Whole32))
            .Node("RandomUniform", "random", "shape", Type("dtype", Real32))
            .Const("max", [], 1f)
            .Const("min", [], 0f)
            .Node("Sub", "range", "max min")
            .Node("Mul", "scaled", "random range")
            .Node("Add", "uniform", "scaled min")
            .Node("Add", "sum", $"{keep} uniform")
            .Node("Floor", "mask", "sum")
            .Node("RealDiv", "div", $"x {keep}")
            .Node("Mul", "y", "div mask");

    // (N, 5, 4) as (1, N * 5, 4, 1), whose channels are normalized, and back.
    private static TensorFlowGraphWriter Normalized(TensorFlowGraphWriter g) =>
        g.Node("Shape", "shape", "x", Type("out_type", Whole32))
            .Vector("from", 0)
            .Vector("to", 1)
            .Node("StridedSlice", "n", "shape from to to", Int("shrink_axis_mask", 1))
            .Scalar("five", 5)
            .Node("Mul", "rows", "n five")
            .Scalar("one", 1)
            .Scalar("four", 4)
            .Node("Pack", "lengths", "one rows four one")
            .Node("Reshape", "image", "x lengths")
            .Node("Pack", "count", "rows")
            .Const("scale", [], 1f)
            .Const("offset", [], 0f)
            .Node("Fill", "scales", "count scale")
            .Node("Fill", "offsets", "count offset")
            .Const("none", [0])
            .Node(
                "FusedBatchNormV3",
                "normal",
                "image scales offsets none none",
                Flag("is_training", true),
                Text("data_format", "NCHW"),
                Number("epsilon", 0.001f)
            )
            .Node("Reshape", "back", "normal shape")
            .Const("gamma", [4], 1, 2, 3, 4)
            .Node("Mul", "y", "back gamma");

    private static TensorFlowGraphWriter SecondDropout(TensorFlowGraphWriter g) =>
        g.Const("one", [], 1f)
            .Const("rate", [], 0f)
            .Node("Shape", "shape", "x", Type("out_type", Whole32))
            .Node("RandomUniform", "random", "shape", Type("dtype", Real32))
            .Node("GreaterEqual", "kept", "random rate")
            .Node("Cast", "mask", "kept", Type("SrcT", 10), Type("DstT", Real32))
            .Node("Mul", "scaled", "x one")
            .Node("Mul", "y", "scaled mask");

    private static TensorFlowGraphWriter Branch(TensorFlowGraphWriter g) =>
        g.Const("false", Tensor(10, [], false), 10)
            .Node("PlaceholderWithDefault", "training", "false", Type("dtype", 10))
            .Node("Switch", "switch", "x training")
            .Node("Relu", "r", "switch:1")
            .Node("AddV2", "twice", "switch switch")
            .Node("Merge", "y", "twice r");
}
