using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch;

/// <summary>Activation functions.</summary>
internal sealed class ActivationKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            Of("Celu", "alpha", 1, (x, alpha) => x.celu(Scalars.Of(alpha))),
            Of("Elu", "alpha", 1, (x, alpha) => x.elu(alpha)),
            new FunctionKernel("Gelu", 1, 1, Gelu),
            new FunctionKernel("Hardmax", 1, 1, Hardmax),
            Of(
                "HardSigmoid",
                "alpha",
                0.2f,
                "beta",
                0.5f,
                (x, alpha, beta) =>
                    x.mul(Scalars.Of(alpha)).add(Scalars.Of(beta), Scalars.One).clamp(Scalars.Of(0), Scalars.One)
            ),
            new FunctionKernel("HardSwish", 1, 1, _ => inputs => F.hardswish(inputs[0]!)),
            Of("LeakyRelu", "alpha", 0.01f, (x, alpha) => x.leaky_relu(Scalars.Of(alpha))),
            new FunctionKernel("Mish", 1, 1, _ => inputs => inputs[0]! * F.softplus(inputs[0]!).tanh()),
            new FunctionKernel(
                "PRelu",
                2,
                2,
                _ => inputs => where(inputs[0]!.lt(Scalars.Of(0)), inputs[0]! * inputs[1]!, inputs[0]!)
            ),
            Of(
                "Selu",
                "alpha",
                1.67326319217681884765625f,
                "gamma",
                1.05070102214813232421875f,
                (x, alpha, gamma) => x.elu(alpha).mul(Scalars.Of(gamma))
            ),
            Of("Shrink", "bias", 0, "lambd", 0.5f, Shrink),
            new FunctionKernel("Softplus", 1, 1, _ => inputs => F.softplus(inputs[0]!)),
            new FunctionKernel(
                "Softsign",
                1,
                1,
                _ => inputs => inputs[0]!.div(inputs[0]!.abs().add(Scalars.One, Scalars.One))
            ),
            Of("Swish", "alpha", 1, (x, alpha) => x * x.mul(Scalars.Of(alpha)).sigmoid()),
            Of("ThresholdedRelu", "alpha", 1, (x, alpha) => x * x.gt(Scalars.Of(alpha))),
        ];

    private static FunctionKernel Of(
        string type,
        string setting,
        float otherwise,
        Func<Tensor, double, Tensor> function
    ) =>
        new(
            type,
            1,
            1,
            site =>
            {
                double value = site.Operation.Float(setting, otherwise);
                return inputs => function(inputs[0]!, value);
            }
        );

    private static FunctionKernel Of(
        string type,
        string first,
        float firstOtherwise,
        string second,
        float secondOtherwise,
        Func<Tensor, double, double, Tensor> function
    ) =>
        new(
            type,
            1,
            1,
            site =>
            {
                double a = site.Operation.Float(first, firstOtherwise);
                double b = site.Operation.Float(second, secondOtherwise);
                return inputs => function(inputs[0]!, a, b);
            }
        );

    private static Func<Tensor?[], Tensor> Gelu(OperationSite site)
    {
        var approximate =
            site.Operation.Text("approximate", "none") == "tanh"
                ? TorchSharp.Modules.GELU.Approximate.tanh
                : TorchSharp.Modules.GELU.Approximate.none;
        return inputs => F.gelu(inputs[0]!, approximate);
    }

    private static Func<Tensor?[], Tensor> Hardmax(OperationSite site)
    {
        var axis = site.Operation.Int("axis", -1);
        return inputs =>
        {
            var x = inputs[0]!.detach();
            var first = x.argmax(axis, keepdim: true);
            return zeros_like(x).scatter_(axis, first, ones_like(first, x.dtype));
        };
    }

    private static Tensor Shrink(Tensor x, double bias, double lambda)
    {
        var zero = zeros_like(x);
        var outside = where(x.gt(Scalars.Of(lambda)), x.sub(Scalars.Of(bias)).to_type(x.dtype), zero);
        return where(x.lt(Scalars.Of(-lambda)), x.add(Scalars.Of(bias), Scalars.One).to_type(x.dtype), outside);
    }
}
