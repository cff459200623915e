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
            var (x, filters) = (inputs[0]!, inputs[1]!);
            var bias = inputs.Length > 2 ? inputs[2] : null;
            _window.Fit(x, filters);
            using var padded = _window.NeedsExplicitPadding
                ? torch.nn.functional.pad(x, _window.ExplicitPadding, PaddingModes.Constant, 0)
                : null;
            var image = padded ?? x;
            if (!Site.Device.IsCpu)
            {
                return Convolution.Native(image, filters, bias, _window, _groups);
            }
            if (!Convolution.IsReliable(filters.size(1), filters.size(0), _groups))
            {
                return Convolution.Unfolded(image, filters, bias, _window, _groups);
            }
            // As fast with the channels last, and the pooling behind it up to twenty times as fast.
            using var relaid = TensorMemory.WithChannelsLast(image);
            return Convolution.Native(relaid, filters, bias, _window, _groups);
        }
    }
}
