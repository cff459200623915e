using System.Collections.Immutable;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Reorders dimensions as <c>perm</c> says; reverses them where it is left out.</summary>
internal sealed class TransposeKernel : IOperationKernel
{
    public string Type => "Transpose";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site, site.Operation.Ints("perm"));
    }

    private sealed class Prepared(OperationSite site, ImmutableArray<long> order) : PreparedOperation(site)
    {
        private readonly long[] _order = order.IsDefault ? [] : [.. order];

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var rank = (int)inputs[0]!.dim();
            var permutation =
                _order.Length > 0 ? _order : [.. Enumerable.Range(0, rank).Reverse().Select(d => (long)d)];
            return inputs[0]!.permute(permutation);
        }
    }
}
