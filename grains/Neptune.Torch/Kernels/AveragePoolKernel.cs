using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels, H height, W width

/// <summary>The mean of each window of two dimensions; padding counts only with <c>count_include_pad</c>.</summary>
internal sealed class AveragePoolKernel : IOperationKernel
{
    public string Type => "AveragePool";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return site.Operation.Ints("dilations").All(d => d == 1)
            ? new Prepared(site)
            : throw site.Error("dilations other than 1 are not supported");
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly SpatialWindow _window = new(site);
        private readonly bool _ceiling = site.Operation.Int("ceil_mode", 0) != 0;
        private readonly bool _countsPadding = site.Operation.Int("count_include_pad", 0) != 0;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var x_NCHW = inputs[0]!;
            _window.Fit(x_NCHW);
            if (!_window.NeedsExplicitPadding)
            {
                return Pool(x_NCHW, _countsPadding, null);
            }
            using var padded = torch.nn.functional.pad(x_NCHW, _window.ExplicitPadding, PaddingModes.Constant, 0);
            if (_countsPadding)
            {
                return Pool(padded, true, null);
            }
            // Sums of elements over sums of ones: the windows' true sizes.
            using var ones = torch.ones([1, 1, x_NCHW.size(2), x_NCHW.size(3)], device: x_NCHW.device);
            using var paddedOnes = torch.nn.functional.pad(ones, _window.ExplicitPadding, PaddingModes.Constant, 0);
            using var sizes = Pool(paddedOnes, true, 1);
            using var sums = Pool(padded, true, 1);
            return sums.div(sizes);
        }

        private torch.Tensor Pool(torch.Tensor x_NCHW, bool includes, long? divisor) =>
            torch.nn.functional.avg_pool2d(
                x_NCHW,
                _window.Kernel,
                _window.Strides,
                _window.Padding,
                _ceiling,
                includes,
                divisor
            );
    }
}
