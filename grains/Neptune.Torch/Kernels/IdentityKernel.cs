using TorchSharp;

namespace Neptune.Torch;

/// <summary>The input itself.</summary>
internal sealed class IdentityKernel : IOperationKernel
{
    public string Type => "Identity";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    // Autograd, so that a trainable parameter may stand before it too.
    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) => inputs[0]!.alias();
    }
}
