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
            if (
                Site.Device.IsCpu
                && output.dtype == torch.ScalarType.Float32
                && Mask(output, gradient, call.OwnsOutputGradient) is { } masked
            )
            {
                call.Give(0, masked, owned: true);
                return;
            }
            using var blocked = output.le(Scalars.Of(0));
            call.Give(0, gradient.masked_fill(blocked, Scalars.Of(0)), owned: true);
        }

        /// <summary>One managed pass over the gradient, in place where it may be; null where elements lie apart.</summary>
        private static torch.Tensor? Mask(torch.Tensor output, torch.Tensor gradient, bool owned)
        {
            using var outputs = TensorMemory.DenseView(output);
            if (outputs is null)
            {
                return null;
            }
            var sameOrder = gradient.stride().AsSpan().SequenceEqual(output.stride());
            var result =
                sameOrder && owned ? gradient
                : sameOrder ? gradient.clone()
                : torch.empty_like(output).copy_(gradient);
            using var gradients = TensorMemory.DenseView(result)!;
            SpanMath.MaskWherePositive(TensorMemory.Floats(outputs), TensorMemory.Floats(gradients));
            return result;
        }
    }
}
