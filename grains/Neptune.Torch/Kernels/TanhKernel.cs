using TorchSharp;

namespace Neptune.Torch;

/// <summary>The hyperbolic tangent.</summary>
internal sealed class TanhKernel : IOperationKernel
{
    public string Type => "Tanh";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) => inputs[0]!.tanh();
    }
}
