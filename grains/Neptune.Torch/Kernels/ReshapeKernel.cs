using System.Collections.Immutable;

namespace Neptune.Torch;

/// <summary>The attribute <c>shape</c>: 0 copies the input's dimension (unless <c>allowzero</c>), -1 is inferred.</summary>
internal sealed class ReshapeKernel : IOperationKernel
{
    public string Type => "Reshape";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        var shape = site.Operation.Ints("shape");
        if (shape.IsDefaultOrEmpty)
        {
            throw site.Error("it has no attribute shape, which says the wanted dimensions");
        }
        return new Prepared(site, shape, site.Operation.Int("allowzero", 0) != 0);
    }

    private sealed class Prepared(OperationSite site, ImmutableArray<long> wanted, bool allowsZero)
        : ReshapingOperation(site)
    {
        protected override long[] Reshape(long[] shape) =>
            [
                .. wanted.Select(
                    (length, axis) =>
                        length != 0 || allowsZero ? length
                        : axis < shape.Length ? shape[axis]
                        : throw Site.Error($"shape has 0 at axis {axis}, and the input has {shape.Length} dimensions")
                ),
            ];
    }
}
