using TorchSharp;

namespace Neptune.Torch;

/// <summary>The softmax along <c>axis</c> (default -1).</summary>
internal sealed class SoftmaxKernel : IOperationKernel
{
    public string Type => "Softmax";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site, site.Operation.Int("axis", -1));
    }

    private sealed class Prepared(OperationSite site, long axis) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            torch.nn.functional.softmax(inputs[0]!, axis);
    }
}
