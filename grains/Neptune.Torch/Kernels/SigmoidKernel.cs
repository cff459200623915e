using TorchSharp;

namespace Neptune.Torch;

/// <summary>1 / (1 + exp(-x)).</summary>
internal sealed class SigmoidKernel : IOperationKernel
{
    public string Type => "Sigmoid";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) => inputs[0]!.sigmoid();
    }
}
