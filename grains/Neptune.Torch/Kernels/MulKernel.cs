using TorchSharp;

namespace Neptune.Torch;

/// <summary>The product of elements, with broadcasting.</summary>
internal sealed class MulKernel : IOperationKernel
{
    public string Type => "Mul";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 2);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) => inputs[0]!.mul(inputs[1]!);
    }
}
