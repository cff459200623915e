using System.Runtime.InteropServices;
using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private static IEnumerable<(string, KernelCase)> ElementwiseCases() =>
        [.. FunctionCases(), .. ActivationCases(), .. ArithmeticCases(), .. ComparisonCases(), .. ConversionCases()];

    private static IEnumerable<(string, KernelCase)> FunctionCases()
    {
        (string, Func<Tensor, Tensor>)[] ofAll =
        [
            ("Abs", x => x.abs()),
            ("Asinh", x => x.asinh()),
            ("Atan", x => x.atan()),
            ("Cos", x => x.cos()),
            ("Cosh", x => x.cosh()),
            ("Erf", x => x.erf()),
            ("Exp", x => x.exp()),
            ("Neg", x => -x),
            ("Sin", x => x.sin()),
            ("Sinh", x => x.sinh()),
            ("Tan", x => x.tan()),
        ];
        (string, Func<Tensor, Tensor>)[] ofPositive =
        [
            ("Log", x => x.log()),
            ("Reciprocal", x => 1 / x),
            ("Sqrt", x => x.sqrt()),
        ];
        (string, Func<Tensor, Tensor>)[] ofFractions =
        [
            ("Acos", x => x.acos()),
            ("Asin", x => x.asin()),
            ("Atanh", x => x.atanh()),
        ];
        (string, Func<Tensor, Tensor>)[] ofSteps =
        [
            ("Ceil", x => x.ceil()),
            ("Floor", x => x.floor()),
            ("Round", x => x.round()),
            ("Sign", x => x.sign()),
        ];
        foreach (var (type, function) in ofAll)
        {
            yield return (type, Elementwise(type, function));
        }
        foreach (var (type, function) in ofPositive)
        {
            yield return (type, Case(h => function(h.exp()), Op("Exp", "e", ["h"]), Op(type, "y", ["e"])));
        }
        foreach (var (type, function) in ofFractions)
        {
            yield return (type, Case(h => function(h.tanh()), Op("Tanh", "t", ["h"]), Op(type, "y", ["t"])));
        }
        foreach (var (type, function) in ofSteps)
        {
            yield return (
                type,
                Case(h => h + function(h * 2), [.. Twice, Op(type, "s", ["d"]), Op("Add", "y", ["h", "s"])])
            );
        }
        yield return (
            "Acosh",
            Case(
                h => (h.exp() + 1).acosh(),
                Op("Exp", "e", ["h"]),
                Number("one", 1),
                Op("Add", "g", ["e", "one"]),
                Op("Acosh", "y", ["g"])
            )
        );
        // 1 / 0 is infinite, 0 / 0 no number.
        yield return (
            "IsInf and IsNaN",
            Case(
                h => h * where((h.relu() * 0 + 1 / h.relu()).isinf(), tensor(2f), tensor(3f)),
                Op("Relu", "r", ["h"]),
                Op("Reciprocal", "i", ["r"]),
                Op("IsInf", "inf", ["i"], ("detect_negative", 0)),
                Op("Sub", "n", ["i", "i"]),
                Op("IsNaN", "nan", ["n"]),
                Op("And", "both", ["inf", "nan"]),
                Number("two", 2),
                Number("three", 3),
                Op("Where", "w", ["both", "two", "three"]),
                Op("Mul", "y", ["h", "w"])
            )
        );
    }

    private static IEnumerable<(string, KernelCase)> ActivationCases()
    {
        yield return ("Celu", Case(h => h.celu(0.5), Op("Celu", "y", ["h"], ("alpha", 0.5f))));
        yield return ("Elu", Case(h => h.elu(0.5), Op("Elu", "y", ["h"], ("alpha", 0.5f))));
        yield return ("Gelu", Case(h => h * 0.5 * (1 + (h / Math.Sqrt(2)).erf()), Op("Gelu", "y", ["h"])));
        yield return (
            "Gelu by tanh",
            Case(
                h => h * 0.5 * (1 + (Math.Sqrt(2 / Math.PI) * (h + (0.044715 * h.pow(3)))).tanh()),
                Op("Gelu", "y", ["h"], ("approximate", "tanh"))
            )
        );
        yield return (
            "Hardmax",
            Case(h => h * F.one_hot(h.argmax(-1), 5), Op("Hardmax", "m", ["h"]), Op("Mul", "y", ["h", "m"]))
        );
        yield return (
            "HardSigmoid",
            Case(h => ((h * 0.8) + 0.5).clamp(0, 1), Op("HardSigmoid", "y", ["h"], ("alpha", 0.8f)))
        );
        yield return (
            "HardSwish",
            Case(h => h * 4 * ((h * 4 / 6) + 0.5).clamp(0, 1), [.. Times("d", 4), Op("HardSwish", "y", ["d"])])
        );
        yield return ("LeakyRelu", Case(h => h.leaky_relu(0.2), Op("LeakyRelu", "y", ["h"], ("alpha", 0.2f))));
        yield return ("Mish", Elementwise("Mish", h => h * (1 + h.exp()).log().tanh()));
        yield return (
            "PRelu",
            new([4, 5], [4, 5], [Weight("s", 4, 1)], (h, p) => h.clamp_min(0) + (p["s"] * h.clamp_max(0)))
            {
                Operations = [Op("PRelu", "y", ["h", "s"])],
            }
        );
        yield return ("Selu", Elementwise("Selu", h => h.selu()));
        yield return (
            "Shrink",
            Case(
                h => where(h.gt(0.3), h - 0.1, where(h.lt(-0.3), h + 0.1, zeros_like(h))),
                Op("Shrink", "y", ["h"], ("lambd", 0.3f), ("bias", 0.1f))
            )
        );
        yield return ("Softplus", Elementwise("Softplus", h => (1 + h.exp()).log()));
        yield return ("Softsign", Elementwise("Softsign", h => h / (1 + h.abs())));
        yield return ("Swish", Case(h => h * (h * 1.5).sigmoid(), Op("Swish", "y", ["h"], ("alpha", 1.5f))));
        yield return (
            "ThresholdedRelu",
            Case(h => h.threshold(0.4, 0), Op("ThresholdedRelu", "y", ["h"], ("alpha", 0.4f)))
        );
    }

    private static IEnumerable<(string, KernelCase)> ArithmeticCases()
    {
        (string, Func<Tensor, Tensor, Tensor>)[] pairs =
        [
            ("Sub", (h, s) => h - s),
            ("Div", (h, s) => h / s),
            ("Max", (h, s) => h.maximum(s)),
            ("Min", (h, s) => h.minimum(s)),
            ("Sum", (h, s) => h + s),
            ("Mean", (h, s) => (h + s) / 2),
        ];
        foreach (var (type, function) in pairs)
        {
            yield return (
                type,
                new([4, 5], [4, 5], [Weight("s", 4, 1)], (h, p) => function(h, p["s"]))
                {
                    Operations = [Op(type, "y", ["h", "s"])],
                }
            );
        }
        yield return (
            "Mean of three, Max of one",
            Case(
                h => (h + h.relu() + h.abs()) / 3,
                [Op("Max", "m", ["h"]), Op("Relu", "r", ["h"]), Op("Abs", "a", ["h"]), Op("Mean", "y", ["m", "r", "a"])]
            )
        );
        yield return ("Pow, by whole numbers", Case(h => h.pow(3), Whole("three", 3), Op("Pow", "y", ["h", "three"])));
        yield return (
            "Pow, of positive numbers by real ones",
            new([4, 5], [4, 5], [Weight("s", 4, 1)], (h, p) => (h * p["s"]).exp())
            {
                Operations = [Op("Exp", "e", ["h"]), Op("Pow", "y", ["e", "s"])],
            }
        );
        yield return (
            "Mod of reals",
            Case(h => (h * 4).fmod(1.5), [.. Times("d", 4), Number("m", 1.5f), Op("Mod", "y", ["d", "m"], ("fmod", 1))])
        );
        foreach (
            var (name, operation, function) in new (string, Operation, Func<Tensor, Tensor>)[]
            {
                ("Div, cut towards zero", Op("Div", "w", ["i", "three"]), i => (i.@double() / 3).trunc()),
                (
                    "Mod, with the divisor's sign",
                    Op("Mod", "w", ["i", "three"]),
                    i => i - ((i.@double() / 3).floor() * 3)
                ),
                ("Mod, with the dividend's sign", Op("Mod", "w", ["i", "three"], ("fmod", 1)), i => i.fmod(3)),
                ("BitShift", Op("BitShift", "w", ["i", "three"], ("direction", "LEFT")), i => i * 8),
                (
                    "BitShift to the right",
                    Op("BitShift", "w", ["i", "three"], ("direction", "RIGHT")),
                    i => (i / 8.0).floor()
                ),
                ("BitwiseAnd", Op("BitwiseAnd", "w", ["i", "three"]), i => i - ((i / 4.0).floor() * 4)),
                ("BitwiseOr", Op("BitwiseOr", "w", ["i", "three"]), i => ((i / 4.0).floor() * 4) + 3),
                ("BitwiseXor", Op("BitwiseXor", "w", ["i", "three"]), i => ((i / 4.0).floor() * 8) + 3 - i),
                ("BitwiseNot", Op("BitwiseNot", "w", ["i"]), i => -i - 1),
            }
        )
        {
            yield return (
                name,
                Case(
                    h => h + function((h * 10).@long()).@float(),
                    [
                        .. Times("d", 10),
                        Op("Cast", "i", ["d"], ("to", "Int64")),
                        Whole("three", 3),
                        operation,
                        Op("Cast", "f", ["w"], ("to", "Float32")),
                        Op("Add", "y", ["h", "f"]),
                    ]
                )
            );
        }
    }

    private static IEnumerable<(string, KernelCase)> ComparisonCases()
    {
        (string, Func<Tensor, Tensor, Tensor>)[] comparisons =
        [
            ("Equal", (a, b) => a.eq(b)),
            ("Greater", (a, b) => a.gt(b)),
            ("GreaterOrEqual", (a, b) => a.ge(b)),
            ("Less", (a, b) => a.lt(b)),
            ("LessOrEqual", (a, b) => a.le(b)),
        ];
        foreach (var (type, function) in comparisons)
        {
            yield return (
                type,
                Case(
                    h => where(function((h * 2).trunc(), tensor(1f)), h, h * 2),
                    [
                        .. Twice,
                        Op("Cast", "i", ["d"], ("to", "Int32")),
                        Op("Cast", "c", ["i"], ("to", "Float32")),
                        Number("one", 1),
                        Op(type, "b", ["c", "one"]),
                        Op("Where", "y", ["b", "h", "d"]),
                    ]
                )
            );
        }
        (string, Func<Tensor, Tensor, Tensor>)[] logic =
        [
            ("And", (a, b) => a.logical_and(b)),
            ("Or", (a, b) => a.logical_or(b)),
            ("Xor", (a, b) => a.ne(b)),
        ];
        foreach (var (type, function) in logic)
        {
            yield return (
                type,
                Case(
                    h => where(function(h.gt(-0.3f), h.lt(0.3f)).logical_not(), h, h * 2),
                    [
                        .. Twice,
                        Number("low", -0.3f),
                        Number("high", 0.3f),
                        Op("Greater", "a", ["h", "low"]),
                        Op("Less", "b", ["h", "high"]),
                        Op(type, "c", ["a", "b"]),
                        Op("Not", "n", ["c"]),
                        Op("Where", "y", ["n", "h", "d"]),
                    ]
                )
            );
        }
    }

    private static IEnumerable<(string, KernelCase)> ConversionCases()
    {
        yield return (
            "Cast to a wider type and back",
            Case(
                h => h.@double().exp().@float(),
                Op("Cast", "d", ["h"], ("to", "Float64")),
                Op("Exp", "e", ["d"]),
                Op("CastLike", "y", ["e", "h"])
            )
        );
        yield return (
            "Clip by attributes",
            Case(h => h.clamp(-0.2, 0.4), Op("Clip", "y", ["h"], ("min", -0.2f), ("max", 0.4f)))
        );
        yield return (
            "Clip by an input",
            Case(h => h.clamp_max(0.4), Number("high", 0.4f), Op("Clip", "y", ["h", "", "high"]))
        );
    }

    private static Operation[] Twice => Times("d", 2);

    private static Operation[] Times(string output, float factor) =>
        [Number($"{output}_factor", factor), Op("Mul", output, ["h", $"{output}_factor"])];

    private static Operation Number(string name, float value) =>
        ConstantValue.ToOperation(name, TensorValue.Of(Shape.Scalar, [value]));

    private static Operation Whole(string name, long value) =>
        ConstantValue.ToOperation(name, new(ElementType.Int64, Shape.Scalar, BitConverter.GetBytes(value)));

    private static Operation Wholes(string name, params long[] values) => Wholes(name, Shape.Of(values.Length), values);

    private static Operation Wholes(string name, Shape shape, params long[] values) =>
        ConstantValue.ToOperation(name, new(ElementType.Int64, shape, MemoryMarshal.AsBytes<long>(values).ToArray()));

    // A constant's length is not the batch's: one that is found when the graph runs may be.
    private static Operation[] Freed(string output, string input, int length, int axis = 0) =>
        [
            ConstantValue.ToOperation(
                $"{output}_kept",
                new(ElementType.Boolean, Shape.Of(length), Enumerable.Repeat((byte)1, length).ToArray())
            ),
            Op("Compress", output, [input, $"{output}_kept"], ("axis", axis)),
        ];

    private static KernelCase Case(Func<Tensor, Tensor> reference, params Operation[] operations) =>
        Case([4, 5], [4, 5], reference, operations);

    private static KernelCase Case(
        long[] input,
        long[] output,
        Func<Tensor, Tensor> reference,
        params Operation[] operations
    ) => new(input, output, [], (h, _) => reference(h)) { Operations = operations };
}
