using System.Collections.Immutable;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// The attribute or input <c>shape</c>: 0 copies the input's dimension (unless <c>allowzero</c>), -1 is inferred.
/// </summary>
internal sealed class ReshapeKernel : IOperationKernel
{
    public string Type => "Reshape";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 2);
        var shape = site.Operation.Ints("shape");
        var isGiven = site.Operation.Attributes.ContainsKey("shape");
        if (!isGiven && !site.Has(1))
        {
            throw site.Error("it has no attribute shape, which says the wanted dimensions");
        }
        var allowsZero = site.Operation.Int("allowzero", 0) != 0;
        return isGiven ? new Fixed(site, shape, allowsZero) : new Computed(site, allowsZero);
    }

    private static long[] Lengths(OperationSite site, IReadOnlyList<long> wanted, long[] shape, bool allowsZero) =>
        [
            .. wanted.Select(
                (length, axis) =>
                    length != 0 || allowsZero ? length
                    : axis < shape.Length ? shape[axis]
                    : throw site.Error($"shape has 0 at axis {axis}, and the input has {shape.Length} dimensions")
            ),
        ];

    private sealed class Fixed(OperationSite site, ImmutableArray<long> wanted, bool allowsZero)
        : ReshapingOperation(site)
    {
        protected override long[] Reshape(long[] shape) => Lengths(Site, wanted, shape, allowsZero);
    }

    private sealed class Computed(OperationSite site, bool allowsZero) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            inputs[0]!.reshape(Lengths(Site, TorchTypes.Numbers(inputs[1]!), inputs[0]!.shape, allowsZero));
    }
}
