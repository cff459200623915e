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
        var window = new SpatialWindow(site, [.. site.Operation.Ints("kernel_shape", [])]);
        return window.Dilations.All(d => d == 1)
            ? new Prepared(
                site,
                window,
                site.Operation.Int("ceil_mode", 0) != 0,
                site.Operation.Int("count_include_pad", 0) != 0
            )
            : throw site.Error("dilations other than 1 are not supported");
    }

    private sealed class Prepared(OperationSite site, SpatialWindow window, bool ceiling, bool countsPadding)
        : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var x_NCHW = inputs[0]!;
            var (top, left, bottom, right) = window.PadsFor(x_NCHW);
            if (top == bottom && left == right && top * 2 <= window.Kernel[0] && left * 2 <= window.Kernel[1])
            {
                return Pool(x_NCHW, [top, left], countsPadding, null);
            }
            long[] pads = [left, right, top, bottom];
            using var padded = torch.nn.functional.pad(x_NCHW, pads, PaddingModes.Constant, 0);
            if (countsPadding)
            {
                return Pool(padded, [0, 0], true, null);
            }
            // Sums of elements over sums of ones: the windows' true sizes.
            using var ones = torch.ones([1, 1, x_NCHW.size(2), x_NCHW.size(3)], device: x_NCHW.device);
            using var paddedOnes = torch.nn.functional.pad(ones, pads, PaddingModes.Constant, 0);
            using var sizes = Pool(paddedOnes, [0, 0], true, 1);
            using var sums = Pool(padded, [0, 0], true, 1);
            return sums.div(sizes);
        }

        private torch.Tensor Pool(torch.Tensor x_NCHW, long[] padding, bool includes, long? divisor) =>
            torch.nn.functional.avg_pool2d(
                x_NCHW,
                window.Kernel,
                window.Strides,
                padding,
                ceiling,
                includes,
                divisor
            );
    }
}
