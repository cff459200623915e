using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Functions of one element.</summary>
internal sealed class FunctionKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            Function("Abs", x => x.abs()),
            Function("Acos", x => x.acos()),
            Function("Acosh", x => x.acosh()),
            Function("Asin", x => x.asin()),
            Function("Asinh", x => x.asinh()),
            Function("Atan", x => x.atan()),
            Function("Atanh", x => x.atanh()),
            Function("BitwiseNot", x => x.bitwise_not()),
            Function("Ceil", x => x.ceil()),
            Function("Cos", x => x.cos()),
            Function("Cosh", x => x.cosh()),
            Function("Erf", x => x.erf()),
            Function("Exp", x => x.exp()),
            Function("Floor", x => x.floor()),
            Function("IsNaN", x => x.isnan()),
            new FunctionKernel("IsInf", 1, 1, Infinite),
            Function("Log", x => x.log()),
            Function("Neg", x => x.neg()),
            Function("Not", x => x.logical_not()),
            Function("Reciprocal", x => x.reciprocal()),
            Function("Round", x => x.round()),
            Function("Sign", x => x.sign()),
            Function("Sin", x => x.sin()),
            Function("Sinh", x => x.sinh()),
            Function("Sqrt", x => x.sqrt()),
            Function("Tan", x => x.tan()),
        ];

    private static FunctionKernel Function(string type, Func<Tensor, Tensor> function) =>
        new(type, 1, 1, _ => inputs => function(inputs[0]!));

    private static Func<Tensor?[], Tensor> Infinite(OperationSite site)
    {
        var negative = site.Operation.Int("detect_negative", 1) != 0;
        var positive = site.Operation.Int("detect_positive", 1) != 0;
        return inputs =>
            (negative, positive) switch
            {
                (true, true) => inputs[0]!.isinf(),
                (true, false) => inputs[0]!.isneginf(),
                (false, true) => inputs[0]!.isposinf(),
                _ => zeros_like(inputs[0]!, ScalarType.Bool),
            };
    }
}
