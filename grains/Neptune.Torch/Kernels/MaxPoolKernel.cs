using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels, H height, W width

/// <summary>The largest element in each window of two dimensions; padding never wins.</summary>
internal sealed class MaxPoolKernel : IOperationKernel
{
    public string Type => "MaxPool";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly SpatialWindow _window = new(site);
        private readonly bool _ceiling = site.Operation.Int("ceil_mode", 0) != 0;

        public override bool OutputMayBeOverwritten => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            _window.Fit(inputs[0]!);
            using var padded = _window.NeedsExplicitPadding
                ? torch.nn.functional.pad(
                    inputs[0]!,
                    _window.ExplicitPadding,
                    PaddingModes.Constant,
                    double.NegativeInfinity
                )
                : null;
            return torch.nn.functional.max_pool2d(
                padded ?? inputs[0]!,
                _window.Kernel,
                _window.Strides,
                _window.Padding,
                _window.Dilations,
                _ceiling
            );
        }
    }
}
