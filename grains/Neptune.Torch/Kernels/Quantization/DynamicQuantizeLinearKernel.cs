using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Real numbers as bytes, with the scale and zero point that just hold them all, and zero exactly.</summary>
internal sealed class DynamicQuantizeLinearKernel : IOperationKernel
{
    public string Type => "DynamicQuantizeLinear";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : SeveralOutputs(site)
    {
        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            var x = inputs[0]!.detach();
            var least = x.min().clamp_max(Scalars.Of(0));
            var most = x.max().clamp_min(Scalars.Of(0));
            var scale = most.sub(least).div(Scalars.Of(byte.MaxValue));
            // All zeros: any scale will do.
            var divisor = torch.where(scale.eq(Scalars.Of(0)), torch.ones_like(scale), scale);
            var zero = (-least / divisor).clamp(Scalars.Of(0), Scalars.Of(byte.MaxValue)).round();
            outputs[0] = QuantizingKernels.Rounded(x / divisor, zero, ElementType.UInt8);
            if (Wants(1))
            {
                outputs[1] = scale;
            }
            if (Wants(2))
            {
                outputs[2] = zero.to_type(torch.ScalarType.Byte);
            }
        }
    }
}
