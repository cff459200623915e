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
        site.RequireInputs(1, 3);
        return new Prepared(site, CheckedRatio(site, site.Operation.Float("ratio", 0.5f)));
    }

    private static float CheckedRatio(OperationSite site, float ratio) =>
        ratio is >= 0 and < 1 ? ratio : throw site.Error($"ratio is {ratio}, and must be at least 0 and below 1");

    private sealed class Prepared(OperationSite site, float fixedRatio) : PreparedOperation(site)
    {
        private torch.Tensor? _mask;

        public override bool HasBackward => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var ratio = Ratio(inputs, run);
            _mask?.Dispose();
            _mask = null;
            if (ratio == 0)
            {
                return inputs[0]!.detach();
            }
            run.Generator!.manual_seed((long)run.Key.For(Operation.Name));
            _mask = torch.empty_like(inputs[0]!);
            _mask.bernoulli_(1 - (double)ratio, run.Generator).mul_(Scalars.Of(1 / (1 - ratio)));
            return inputs[0]!.mul(_mask);
        }

        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            outputs[0] = Forward(inputs, run);
            if (outputs.Length > 1 && Operation.Outputs[1].Length > 0)
            {
                outputs[1] = _mask?.ne(Scalars.Of(0)) ?? torch.ones_like(inputs[0]!, torch.ScalarType.Bool);
            }
        }

        public override void Backward(BackwardCall call)
        {
            if (call.WantsValue(0))
            {
                call.Give(
                    0,
                    _mask is null ? call.OutputGradient : call.OutputGradient.mul(_mask),
                    _mask is not null || call.OwnsOutputGradient
                );
            }
            Free();
        }

        public override void Free()
        {
            _mask?.Dispose();
            _mask = null;
        }

        // Without the input that says so, the run does: it trains, or it does not.
        private float Ratio(torch.Tensor?[] inputs, RunContext run)
        {
            var isOn = inputs.Length > 2 && inputs[2] is { } mode ? mode.item<bool>() : run.Training;
            if (!isOn)
            {
                return 0;
            }
            var ratio =
                inputs.Length > 1 && inputs[1] is { } given
                    ? CheckedRatio(Site, given.detach().to_type(torch.ScalarType.Float32).item<float>())
                    : fixedRatio;
            return ratio == 0 || run.Training
                ? ratio
                : throw Site.Error(
                    $"training_mode is true and ratio {ratio}, and no random numbers are drawn in inference; give false"
                );
        }
    }
}
