using TorchSharp;

namespace Neptune.Torch;

/// <summary>The mean over all dimensions behind batch and channels, which become 1.</summary>
internal sealed class GlobalAveragePoolKernel : IOperationKernel
{
    public string Type => "GlobalAveragePool";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            inputs[0]!.mean([.. Enumerable.Range(2, (int)inputs[0]!.dim() - 2).Select(d => (long)d)], keepdim: true);
    }
}
