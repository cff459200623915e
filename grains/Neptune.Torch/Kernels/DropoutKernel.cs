using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Sets a share <c>ratio</c> of elements to zero in training and scales the rest by 1 / (1 - ratio); does nothing in
/// inference. The mask is drawn from a generator keyed by seed, epoch, step, shard and the operation's name.
/// </summary>
internal sealed class DropoutKernel : IOperationKernel
{
    public string Type => "Dropout";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        var ratio = site.Operation.Float("ratio", 0.5f);
        if (ratio is not (>= 0 and < 1))
        {
            throw site.Error($"ratio is {ratio}, and must be at least 0 and below 1");
        }
        return new Prepared(site, ratio);
    }

    private sealed class Prepared(OperationSite site, float ratio) : PreparedOperation(site)
    {
        private torch.Tensor? _mask;

        public override bool HasBackward => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            if (!run.Training || ratio == 0)
            {
                return inputs[0]!.detach();
            }
            _mask?.Dispose();
            run.Generator!.manual_seed((long)run.Key.For(Operation.Name));
            _mask = torch.empty_like(inputs[0]!);
            _mask.bernoulli_(1 - (double)ratio, run.Generator).mul_(1 / (1 - ratio));
            return inputs[0]!.mul(_mask);
        }

        public override void Backward(BackwardCall call)
        {
            if (call.WantsValue(0))
            {
                call.Give(
                    0,
                    ratio == 0 ? call.OutputGradient : call.OutputGradient.mul(_mask!),
                    ratio != 0 || call.OwnsOutputGradient
                );
            }
            Free();
        }

        public override void Free()
        {
            _mask?.Dispose();
            _mask = null;
        }
    }
}
