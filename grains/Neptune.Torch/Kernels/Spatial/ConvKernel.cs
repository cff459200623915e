using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels in, M channels out, L length, D depth, H height, W width, G groups

/// <summary>Convolution over one to three lengths: X[N,C,...], filters [M,C/G,...], bias [M].</summary>
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
        private PackedFilters? _packed;

        public override bool OutputMayBeOverwritten => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var (x, filters) = (inputs[0]!, inputs[1]!);
            var bias = inputs.Length > 2 ? inputs[2] : null;
            if (x.dim() != 4)
            {
                return OtherRank(x, filters, bias);
            }
            _window.Fit(x, filters);
            using var padded = _window.NeedsExplicitPadding
                ? torch.nn.functional.pad(x, _window.ExplicitPadding, PaddingModes.Constant, 0)
                : null;
            if (run.WeightsStay && Site.Device.IsCpu && Pack(filters, bias) is { } packed)
            {
                return packed.Convolve(padded ?? x, _window.Plain);
            }
            return Convolution.Of(padded ?? x, filters, bias, _window.Plain, _groups, Site.Device.IsCpu);
        }

        public override void Free() => _packed?.Free();

        private PackedFilters? Pack(torch.Tensor filters, torch.Tensor? bias)
        {
            if (_packed?.IsOf(filters, bias) == true)
            {
                return _packed;
            }
            // Filters that are computed are others in each run.
            if (
                Site.ParameterAt(1) is null
                || (Site.Has(2) && Site.ParameterAt(2) is null)
                || !PackedFilters.CanPack(filters, _window.Plain, _groups)
            )
            {
                return null;
            }
            _packed?.Free();
            return _packed = new(filters, bias);
        }

        private torch.Tensor OtherRank(torch.Tensor x, torch.Tensor filters, torch.Tensor? bias)
        {
            var window = Window.Of(Operation, Shape.Of(x.shape), Shape.Of(filters.shape));
            var padded = WindowPadding.Pad(x, window, 0);
            return x.dim() == 3
                ? Sequences(padded, filters, bias, window.Axes[0])
                : Volumes(padded, filters, bias, window);
        }

        /// <summary>A sequence is an image of one row.</summary>
        private torch.Tensor Sequences(torch.Tensor x_NCL, torch.Tensor filters, torch.Tensor? bias, WindowAxis axis) =>
            Convolution
                .Of(
                    x_NCL.unsqueeze(2),
                    filters.unsqueeze(2),
                    bias,
                    new([1, axis.Kernel], [1, axis.Stride], [0, 0], [1, axis.Dilation]),
                    _groups,
                    Site.Device.IsCpu
                )
                .squeeze(2);

        /// <summary>
        /// On the CPU a sum of convolutions of images: what can be relied on is known for those alone.
        /// </summary>
        private torch.Tensor Volumes(torch.Tensor x_NCDHW, torch.Tensor filters, torch.Tensor? bias, Window window)
        {
            var (depth, y, x) = (window.Axes[0], window.Axes[1], window.Axes[2]);
            if (!Site.Device.IsCpu)
            {
                return torch.nn.functional.conv3d(
                    x_NCDHW,
                    filters,
                    bias,
                    [depth.Stride, y.Stride, x.Stride],
                    [0, 0, 0],
                    [depth.Dilation, y.Dilation, x.Dilation],
                    _groups
                );
            }
            var plane = new PlainWindow([y.Kernel, x.Kernel], [y.Stride, x.Stride], [0, 0], [y.Dilation, x.Dilation]);
            var samples = x_NCDHW.size(0);
            torch.Tensor? sum = null;
            for (var k = 0L; k < depth.Kernel; k++)
            {
                var first = k * depth.Dilation;
                var end = first + ((depth.OutputLength - 1) * depth.Stride) + 1;
                var planes_NxDCHW = x_NCDHW.slice(2, first, end, depth.Stride).transpose(1, 2).flatten(0, 1);
                var part = Convolution.Of(
                    planes_NxDCHW,
                    filters.select(2, k),
                    k == 0 ? bias : null,
                    plane,
                    _groups,
                    true
                );
                sum = sum is null ? part : sum.add(part, Scalars.One);
            }
            return sum!.unflatten(0, samples, depth.OutputLength).transpose(1, 2);
        }
    }
}
