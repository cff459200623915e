using Neptune.ModelGraph;
using static TorchSharp.torch;

namespace Neptune.Torch;

/// <summary>Functions of the elements of several tensors, with broadcasting.</summary>
internal sealed class ArithmeticKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            Pairs("Sub", (a, b) => a.sub(b)),
            Pairs("Mul", (a, b) => a.mul(b)),
            new FunctionKernel("Div", 2, 2, Div),
            new FunctionKernel("Mod", 2, 2, Mod),
            Pairs("Pow", Pow),
            Many("Max", inputs => inputs.Aggregate((a, b) => a.maximum(b))),
            Many("Min", inputs => inputs.Aggregate((a, b) => a.minimum(b))),
            Many("Sum", inputs => inputs.Aggregate((a, b) => a.add(b, Scalars.One))),
            Many("Mean", inputs => inputs.Aggregate((a, b) => a.add(b, Scalars.One)).div(Scalars.Of(inputs.Length))),
            new FunctionKernel("BitShift", 2, 2, Shift),
            Pairs("BitwiseAnd", (a, b) => a.bitwise_and(b)),
            Pairs("BitwiseOr", (a, b) => a.bitwise_or(b)),
            Pairs("BitwiseXor", (a, b) => a.bitwise_xor(b)),
            Pairs("And", (a, b) => a.logical_and(b)),
            Pairs("Or", (a, b) => a.logical_or(b)),
            Pairs("Xor", (a, b) => a.logical_xor(b)),
            Pairs("Equal", (a, b) => a.eq(b)),
            Pairs("Greater", (a, b) => a.gt(b)),
            Pairs("GreaterOrEqual", (a, b) => a.ge(b)),
            Pairs("Less", (a, b) => a.lt(b)),
            Pairs("LessOrEqual", (a, b) => a.le(b)),
            new FunctionKernel("Where", 3, 3, _ => inputs => where(inputs[0]!, inputs[1]!, inputs[2]!)),
        ];

    private static FunctionKernel Pairs(string type, Func<Tensor, Tensor, Tensor> function) =>
        new(type, 2, 2, _ => inputs => function(inputs[0]!, inputs[1]!));

    private static FunctionKernel Many(string type, Func<Tensor[], Tensor> function) =>
        new(type, 1, int.MaxValue, _ => inputs => function(inputs!));

    private static Func<Tensor?[], Tensor> Div(OperationSite site)
    {
        var rounding = site.OutputType().IsFloating() ? RoundingMode.None : RoundingMode.trunc;
        return inputs => inputs[0]!.div(inputs[1]!, rounding);
    }

    private static Func<Tensor?[], Tensor> Mod(OperationSite site) =>
        site.Operation.Int("fmod", 0) != 0
            ? inputs => inputs[0]!.fmod(inputs[1]!)
            : inputs => inputs[0]!.remainder(inputs[1]!);

    private static Tensor Pow(Tensor x, Tensor y) =>
        x.is_floating_point() ? x.pow(y.to_type(x.dtype))
        : y.is_floating_point() ? x.to_type(ScalarType.Float64).pow(y).to_type(x.dtype)
        : x.pow(y).to_type(x.dtype);

    private static Func<Tensor?[], Tensor> Shift(OperationSite site) =>
        site.Operation.Text("direction", "") == "LEFT"
            ? inputs => inputs[0]!.bitwise_left_shift(inputs[1]!)
            : inputs => inputs[0]!.bitwise_right_shift(inputs[1]!);
}
