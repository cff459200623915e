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
        return new Prepared(
            site,
            new(site, [.. site.Operation.Ints("kernel_shape", [])]),
            site.Operation.Int("ceil_mode", 0) != 0
        );
    }

    private sealed class Prepared(OperationSite site, SpatialWindow window, bool ceiling) : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var x_NCHW = inputs[0]!;
            var (top, left, bottom, right) = window.PadsFor(x_NCHW);
            // libtorch pads alike on both sides, by half a window at most.
            var native =
                top == bottom && left == right && top * 2 <= window.Kernel[0] && left * 2 <= window.Kernel[1];
            using var padded = native
                ? null
                : torch.nn.functional.pad(
                    x_NCHW,
                    [left, right, top, bottom],
                    PaddingModes.Constant,
                    double.NegativeInfinity
                );
            return torch.nn.functional.max_pool2d(
                padded ?? x_NCHW,
                window.Kernel,
                window.Strides,
                native ? [top, left] : [0, 0],
                window.Dilations,
                ceiling
            );
        }
    }
}
