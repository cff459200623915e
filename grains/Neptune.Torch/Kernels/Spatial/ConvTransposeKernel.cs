using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels in, M channels out, L length, D depth, H height, W width, G groups, K elements of a window

/// <summary>Each element of X[N,C,...] adds its filter [C,M/G,...] to a window of the output.</summary>
internal sealed class ConvTransposeKernel : IOperationKernel
{
    public string Type => "ConvTranspose";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 3);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly long _groups = site.Operation.Int("group", 1);

        public override bool OutputMayBeOverwritten => true;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var (x, filters) = (inputs[0]!, inputs[1]!);
            var axes = TransposedWindow.Of(Operation, Shape.Of(x.shape), Shape.Of(filters.shape)).Axes;
            var full = Site.Device.IsCpu ? Folded(x, filters, [.. axes]) : Native(x, filters, [.. axes]);
            var y = torch.nn.functional.pad(
                full,
                [
                    .. axes.Reverse()
                        .SelectMany(a => (long[])[-a.CropBegin, a.OutputLength - (a.FullLength - a.CropBegin)]),
                ],
                PaddingModes.Constant,
                0
            );
            return inputs is [_, _, { } bias] ? y.add(bias.reshape([1, -1, .. axes.Select(_ => 1L)]), Scalars.One) : y;
        }

        /// <summary>Products folded together: only matrix products can go wrong (see Convolution.IsReliable).</summary>
        private torch.Tensor Folded(torch.Tensor x, torch.Tensor filters, TransposedAxis[] axes) =>
            axes.Length switch
            {
                1 => Images(x.unsqueeze(2), filters.unsqueeze(2), new(1, 1, 1, 1, 0, 1), axes[0]).squeeze(2),
                2 => Images(x, filters, axes[0], axes[1]),
                _ => Volumes(x, filters, axes),
            };

        private torch.Tensor Images(
            torch.Tensor x,
            torch.Tensor filters,
            TransposedAxis vertical,
            TransposedAxis horizontal
        )
        {
            var (samples, channels) = (x.size(0), x.size(1));
            var x_NGCL = x.reshape(samples, _groups, channels / _groups, -1);
            var filters_GCxMK = filters.reshape(_groups, channels / _groups, -1);
            var columns_NGxMKxL = filters_GCxMK.transpose(1, 2).matmul(x_NGCL);
            return torch.nn.functional.fold(
                columns_NGxMKxL.flatten(1, 2),
                (vertical.FullLength, horizontal.FullLength),
                (vertical.Kernel, horizontal.Kernel),
                (vertical.Dilation, horizontal.Dilation),
                (0L, 0L),
                (vertical.Stride, horizontal.Stride)
            );
        }

        private torch.Tensor Volumes(torch.Tensor x_NCDHW, torch.Tensor filters, TransposedAxis[] axes)
        {
            var (samples, planes) = (x_NCDHW.size(0), x_NCDHW.size(2));
            var planes_NxDCHW = x_NCDHW.transpose(1, 2).flatten(0, 1);
            torch.Tensor? sum = null;
            for (var k = 0L; k < axes[0].Kernel; k++)
            {
                var part_NMDHW = Images(planes_NxDCHW, filters.select(2, k), axes[1], axes[2])
                    .unflatten(0, samples, planes)
                    .transpose(1, 2);
                sum ??= torch.zeros(
                    [samples, part_NMDHW.size(1), axes[0].FullLength, axes[1].FullLength, axes[2].FullLength],
                    dtype: x_NCDHW.dtype,
                    device: x_NCDHW.device
                );
                var places = Places.Counting(planes, x_NCDHW.device);
                var depths = places.mul(Scalars.Of(axes[0].Stride)).add(Scalars.Of(k * axes[0].Dilation), Scalars.One);
                sum = sum.index_add(2, depths, part_NMDHW, Scalars.One);
            }
            return sum!;
        }

        private torch.Tensor Native(torch.Tensor x, torch.Tensor filters, TransposedAxis[] axes)
        {
            long[] strides = [.. axes.Select(a => a.Stride)];
            long[] dilations = [.. axes.Select(a => a.Dilation)];
            long[] none = [.. axes.Select(_ => 0L)];
            return axes.Length switch
            {
                1 => torch.nn.functional.conv_transpose1d(x, filters, null, strides[0], 0, 0, dilations[0], _groups),
                2 => torch.nn.functional.conv_transpose2d(x, filters, null, strides, none, none, dilations, _groups),
                _ => torch.nn.functional.conv_transpose3d(x, filters, null, strides, none, none, dilations, _groups),
            };
        }
    }
}
