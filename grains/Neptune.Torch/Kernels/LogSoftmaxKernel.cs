using TorchSharp;

namespace Neptune.Torch;

/// <summary>The logarithm of the softmax along <c>axis</c> (default -1).</summary>
internal sealed class LogSoftmaxKernel : IOperationKernel
{
    public string Type => "LogSoftmax";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site, site.Operation.Int("axis", -1));
    }

    private sealed class Prepared(OperationSite site, long axis) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            torch.nn.functional.log_softmax(inputs[0]!, axis);
    }
}
