using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels, H height, W width

/// <summary>The mean of each window; padding counts only with <c>count_include_pad</c>.</summary>
internal sealed class AveragePoolKernel : IOperationKernel
{
    public string Type => "AveragePool";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(1, 1);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly SpatialWindow _window = new(site);
        private readonly bool _dilates = site.Operation.Ints("dilations").Any(d => d != 1);
        private readonly bool _ceiling = site.Operation.Int("ceil_mode", 0) != 0;
        private readonly bool _countsPadding = site.Operation.Int("count_include_pad", 0) != 0;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var x_NCHW = inputs[0]!;
            if (_dilates || x_NCHW.dim() != 4)
            {
                return PoolBySums(x_NCHW);
            }
            _window.Fit(x_NCHW);
            if (!_window.NeedsExplicitPadding)
            {
                return Pool(x_NCHW, _countsPadding, null);
            }
            if (_ceiling)
            {
                return PoolBySums(x_NCHW);
            }
            using var padded = torch.nn.functional.pad(x_NCHW, _window.ExplicitPadding, PaddingModes.Constant, 0);
            if (_countsPadding)
            {
                return Pool(padded, true, null);
            }
            // Sums of elements over sums of ones: the windows' true sizes.
            using var ones = torch.ones(
                [1, 1, x_NCHW.size(2), x_NCHW.size(3)],
                dtype: x_NCHW.dtype,
                device: x_NCHW.device
            );
            using var paddedOnes = torch.nn.functional.pad(ones, _window.ExplicitPadding, PaddingModes.Constant, 0);
            using var sizes = Pool(paddedOnes, true, 1);
            using var sums = Pool(padded, true, 1);
            return sums.div(sizes);
        }

        /// <summary>Any number of lengths, dilations, and padding.</summary>
        private torch.Tensor PoolBySums(torch.Tensor x)
        {
            var window = Window.Of(Operation, Shape.Of(x.shape));
            var sums = WindowSums.Of(WindowPadding.Pad(x, window, 0), window);
            var ones = torch.ones([1, 1, .. x.shape.Skip(2)], dtype: x.dtype, device: x.device);
            return sums.div(WindowSums.Of(WindowPadding.Pad(WithPadding(ones, window), Shrunk(window), 0), window));
        }

        // Padding that counts is made of ones; what ceil_mode adds behind it never counts.
        private torch.Tensor WithPadding(torch.Tensor ones, Window window) =>
            _countsPadding
                ? torch.nn.functional.pad(
                    ones,
                    [.. window.Axes.Reverse().SelectMany(axis => (long[])[axis.PadBegin, axis.PadEnd])],
                    PaddingModes.Constant,
                    1
                )
                : ones;

        private Window Shrunk(Window window) =>
            _countsPadding
                ? window with
                {
                    Axes =
                    [
                        .. window.Axes.Select(axis =>
                            axis with
                            {
                                InputLength = axis.InputLength + axis.PadBegin + axis.PadEnd,
                                PadBegin = 0,
                                PadEnd = 0,
                            }
                        ),
                    ],
                }
                : window;

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
