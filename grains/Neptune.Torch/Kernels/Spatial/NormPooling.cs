using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>The p-norm of each window.</summary>
internal sealed class NormPooling : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel(
                "LpPool",
                1,
                1,
                site =>
                {
                    var p = site.Operation.Int("p", 2);
                    return inputs =>
                    {
                        var window = Window.Of(site.Operation, Shape.Of(inputs[0]!.shape));
                        return Root(WindowSums.Of(WindowPadding.Pad(Power(inputs[0]!, p), window, 0), window), p);
                    };
                }
            ),
            new FunctionKernel(
                "GlobalLpPool",
                1,
                1,
                site =>
                {
                    var p = site.Operation.Int("p", 2);
                    return inputs =>
                        Root(Power(inputs[0]!, p).sum(GlobalPooling.Lengths(inputs[0]!), keepdim: true), p);
                }
            ),
        ];

    private static torch.Tensor Power(torch.Tensor x, long p) =>
        p switch
        {
            1 => x.abs(),
            2 => x.mul(x),
            _ => x.abs().pow(Scalars.Of(p)),
        };

    private static torch.Tensor Root(torch.Tensor sums, long p)
    {
        if (p == 1)
        {
            return sums;
        }
        // The root has no slope at zero: such windows pass no gradient on.
        var isZero = sums.eq(Scalars.Of(0));
        var positive = sums.masked_fill(isZero, Scalars.One);
        return (p == 2 ? positive.sqrt() : positive.pow(Scalars.Of(1.0 / p))).masked_fill(isZero, Scalars.Of(0));
    }
}
