using TorchSharp;

namespace Neptune.Torch;

/// <summary>max(x, 0).</summary>
internal sealed class ReluKernel : IOperationKernel
{
    public string Type => "Relu";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        public override bool HasBackward => true;

        public override bool BackwardReadsOutput => true;

        public override bool CanOverwriteInput => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            OverwritesInput ? inputs[0]!.relu_().alias() : inputs[0]!.relu();

        public override void Backward(BackwardCall call)
        {
            var output = call.Output;
            var gradient = call.OutputGradient;
            if (Site.Device.IsCpu && output.is_contiguous())
            {
                if (!call.OwnsOutputGradient || !gradient.is_contiguous())
                {
                    gradient = gradient.is_contiguous() ? gradient.clone() : gradient.contiguous();
                }
                SpanMath.MaskWherePositive(TensorMemory.Floats(output), TensorMemory.Floats(gradient));
                call.Give(0, gradient, owned: true);
                return;
            }
            using var blocked = output.le(0);
            call.Give(0, gradient.masked_fill(blocked, 0), owned: true);
        }
    }
}
