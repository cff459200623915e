using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels

/// <summary>Normalizations that are a few functions of libtorch.</summary>
internal sealed class PlainNormalizationKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel(
                "RMSNormalization",
                2,
                2,
                site =>
                {
                    var (axis, epsilon) = (site.Operation.Int("axis", -1), site.Operation.Float("epsilon", 1e-5f));
                    return inputs =>
                    {
                        var x = LastAxes.Wide(inputs[0]!);
                        var inverse = x.mul(x)
                            .mean(LastAxes.From(x, axis), keepdim: true)
                            .add(Scalars.Of(epsilon), Scalars.One)
                            .rsqrt();
                        return x.mul(inverse).to_type(inputs[0]!.dtype).mul(inputs[1]!);
                    };
                }
            ),
            new FunctionKernel("GroupNormalization", 3, 3, Group),
            new FunctionKernel(
                "InstanceNormalization",
                3,
                3,
                site =>
                {
                    var epsilon = site.Operation.Float("epsilon", 1e-5f);
                    // Groups of one channel.
                    return inputs =>
                        torch.nn.functional.group_norm(
                            InOrder(inputs[0]!),
                            inputs[0]!.size(1),
                            inputs[1]!,
                            inputs[2]!,
                            epsilon
                        );
                }
            ),
            new FunctionKernel(
                "MeanVarianceNormalization",
                1,
                1,
                site =>
                {
                    long[] axes = [.. site.Operation.Ints("axes", 0, 2, 3)];
                    return inputs =>
                    {
                        var centered = inputs[0]!.sub(inputs[0]!.mean(axes, keepdim: true));
                        var variance = centered.mul(centered).mean(axes, keepdim: true);
                        return centered.div(Root(variance).add(Scalars.Of(1e-9), Scalars.One));
                    };
                }
            ),
            new FunctionKernel("LpNormalization", 1, 1, Norm),
            new FunctionKernel("LRN", 1, 1, Neighbours),
        ];

    private static Func<torch.Tensor?[], torch.Tensor> Group(OperationSite site)
    {
        var (groups, epsilon) = (site.Operation.Int("num_groups", 1), site.Operation.Float("epsilon", 1e-5f));
        return inputs =>
        {
            var x = InOrder(inputs[0]!);
            return torch.nn.functional.group_norm(x, groups, OfChannels(inputs[1]!), OfChannels(inputs[2]!), epsilon);

            // One value for each group stands for all its channels.
            torch.Tensor OfChannels(torch.Tensor values) =>
                values.size(0) == x.size(1)
                    ? values
                    : values.unsqueeze(1).expand(groups, x.size(1) / groups).reshape(x.size(1));
        };
    }

    // The native gradient of images that lie channels last in memory writes through a null pointer where the images
    // themselves need none.
    private static torch.Tensor InOrder(torch.Tensor x) => x.contiguous();

    private static Func<torch.Tensor?[], torch.Tensor> Norm(OperationSite site)
    {
        var (axis, p) = (site.Operation.Int("axis", -1), site.Operation.Int("p", 2));
        return inputs =>
        {
            var x = inputs[0]!;
            // Zeros alone have no direction: they become NaN.
            var norm = p == 1 ? x.abs().sum([axis], keepdim: true) : x.mul(x).sum([axis], keepdim: true).sqrt();
            return x.div(norm);
        };
    }

    // The root has no slope at zero; no gradient passes there.
    private static torch.Tensor Root(torch.Tensor squares)
    {
        var isZero = squares.eq(Scalars.Of(0));
        return squares.masked_fill(isZero, Scalars.One).sqrt().masked_fill(isZero, Scalars.Of(0));
    }

    private static Func<torch.Tensor?[], torch.Tensor> Neighbours(OperationSite site)
    {
        var operation = site.Operation;
        var (alpha, beta, bias) = (
            operation.Float("alpha", 1e-4f),
            operation.Float("beta", 0.75f),
            operation.Float("bias", 1)
        );
        var size = operation.Int("size", 1);
        return inputs =>
        {
            var x = inputs[0]!;
            var (before, behind) = ((size - 1) / 2, size / 2);
            long[] pads = [.. Enumerable.Repeat(0L, 2 * ((int)x.dim() - 2)), before, behind];
            var squares = torch.nn.functional.pad(x.mul(x), pads, PaddingModes.Constant, 0);
            var sum = squares.narrow(1, 0, x.size(1));
            for (var i = 1L; i < size; i++)
            {
                sum = sum.add(squares.narrow(1, i, x.size(1)), Scalars.One);
            }
            return x.div(sum.mul(Scalars.Of(alpha / size)).add(Scalars.Of(bias), Scalars.One).pow(Scalars.Of(beta)));
        };
    }
}
