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
        var shape = site.ParameterAt(1)?.Shape;
        var kernel = site.Operation.Ints("kernel_shape");
        if (shape is not null && shape.Rank != 4)
        {
            throw site.Error($"its filters are of shape {shape}; convolutions over two dimensions are supported");
        }
        if (kernel.IsDefaultOrEmpty)
        {
            kernel = shape is null
                ? throw site.Error("its filters are computed, so it needs the attribute kernel_shape")
                : [shape[2].Length, shape[3].Length];
        }
        return new Prepared(site, new(site, [.. kernel]), site.Operation.Int("group", 1));
    }

    private sealed class Prepared(OperationSite site, SpatialWindow window, long groups) : PreparedOperation(site)
    {
        private readonly long[] _padding = new long[2];

        public override bool OutputMayBeOverwritten => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var bias = inputs.Length > 2 ? inputs[2] : null;
            var (top, left, bottom, right) = window.PadsFor(inputs[0]!);
            var symmetric = top == bottom && left == right;
            using var padded = symmetric
                ? null
                : torch.nn.functional.pad(inputs[0]!, [left, right, top, bottom], PaddingModes.Constant, 0);
            (_padding[0], _padding[1]) = symmetric ? (top, left) : (0, 0);
            return torch.nn.functional.conv2d(
                padded ?? inputs[0]!,
                inputs[1]!,
                bias,
                window.Strides,
                _padding,
                window.Dilations,
                groups
            );
        }
    }
}
