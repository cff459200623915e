using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels in, M channels out, H height, W width, G groups

/// <summary>Convolution over two dimensions: X[N,C,H,W], filters [M,C/G,h,w], bias [M].</summary>
internal sealed class ConvKernel : IOperationKernel
{
    public string Type => "Conv";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 3);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly SpatialWindow _window = new(site);
        private readonly long _groups = site.Operation.Int("group", 1);

        public override bool OutputMayBeOverwritten => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var bias = inputs.Length > 2 ? inputs[2] : null;
            _window.Fit(inputs[0]!, inputs[1]!);
            using var padded = _window.NeedsExplicitPadding
                ? torch.nn.functional.pad(inputs[0]!, _window.ExplicitPadding, PaddingModes.Constant, 0)
                : null;
            return torch.nn.functional.conv2d(
                padded ?? inputs[0]!,
                inputs[1]!,
                bias,
                _window.Strides,
                _window.Padding,
                _window.Dilations,
                _groups
            );
        }
    }
}
