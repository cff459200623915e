using TorchSharp;

namespace Neptune.Torch;

// N images, C channels, H height, W width, R regions

/// <summary>Regions of images in one size, read between elements as ONNX's page on RoiAlign has it.</summary>
internal sealed class RoiAlignKernel : IOperationKernel
{
    public string Type => "RoiAlign";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(3, 3);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        private readonly bool _takesMaximum = site.Operation.Text("mode", "avg") == "max";
        private readonly bool _isHalfPixel =
            site.Operation.Text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
        private readonly int _height = (int)site.Operation.Int("output_height", 1);
        private readonly int _width = (int)site.Operation.Int("output_width", 1);
        private readonly int _samples = (int)site.Operation.Int("sampling_ratio", 0);
        private readonly double _scale = site.Operation.Float("spatial_scale", 1);

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var x_NCHW = inputs[0]!;
            var regions = inputs[1]!
                .detach()
                .cpu()
                .to_type(torch.ScalarType.Float64)
                .contiguous()
                .data<double>()
                .ToArray();
            var images = TorchTypes.Numbers(inputs[2]!);
            if (images.Any(image => image < 0 || image >= x_NCHW.size(0)))
            {
                throw Site.Error($"batch_indices has numbers outside 0..{x_NCHW.size(0) - 1}, the images of X");
            }
            var results = images
                .Select((image, r) => Region(x_NCHW.select(0, image), regions.AsSpan(4 * r, 4)))
                .ToArray();
            return results.Length == 0
                ? torch.zeros([0, x_NCHW.size(1), _height, _width], dtype: x_NCHW.dtype, device: x_NCHW.device)
                : torch.stack(results, 0);
        }

        private torch.Tensor Region(torch.Tensor x_CHW, ReadOnlySpan<double> region)
        {
            var shift = _isHalfPixel ? 0.5 : 0;
            var (left, top) = ((region[0] * _scale) - shift, (region[1] * _scale) - shift);
            var (width, height) = ((region[2] * _scale) - shift - left, (region[3] * _scale) - shift - top);
            if (!_isHalfPixel)
            {
                (width, height) = (Math.Max(width, 1), Math.Max(height, 1));
            }
            var rows = Samples(top, height, _height, x_CHW.size(1));
            var columns = Samples(left, width, _width, x_CHW.size(2));
            var (perRow, perColumn) = (rows.Length / _height, columns.Length / _width);
            var corners = 4 * perRow * perColumn;
            if (corners == 0)
            {
                return torch.zeros([x_CHW.size(0), _height, _width], dtype: x_CHW.dtype, device: x_CHW.device);
            }
            var places = new List<long>(corners * _height * _width);
            var weights = new List<float>(corners * _height * _width);
            for (var bin = 0; bin < _height * _width; bin++)
            {
                for (var s = 0; s < perRow * perColumn; s++)
                {
                    var y = rows[(bin / _width * perRow) + (s / perColumn)];
                    var x = columns[(bin % _width * perColumn) + (s % perColumn)];
                    AddCorner(y.Low, x.Low, y.LowWeight * x.LowWeight);
                    AddCorner(y.Low, x.High, y.LowWeight * x.HighWeight);
                    AddCorner(y.High, x.Low, y.HighWeight * x.LowWeight);
                    AddCorner(y.High, x.High, y.HighWeight * x.HighWeight);
                }
            }
            var read = x_CHW
                .flatten(1)
                .index_select(1, torch.tensor(places.ToArray(), device: x_CHW.device))
                .mul(torch.tensor(weights.ToArray()).to(x_CHW.dtype, x_CHW.device))
                .reshape(x_CHW.size(0), _height, _width, corners);
            return _takesMaximum ? read.amax([-1L]) : read.sum([-1L]).div(Scalars.Of(corners / 4));

            void AddCorner(long y, long x, double weight)
            {
                places.Add((y * x_CHW.size(2)) + x);
                weights.Add((float)weight);
            }
        }

        private Sample[] Samples(double begin, double span, int bins, long length)
        {
            var each = _samples > 0 ? _samples : Math.Max(0, (int)Math.Ceiling(span / bins));
            var samples = new Sample[bins * each];
            for (var i = 0; i < samples.Length; i++)
            {
                var bin = span / bins;
                var place = begin + (i / each * bin) + (((i % each) + 0.5) * bin / each);
                if (place < -1 || place > length)
                {
                    continue; // weights of zero
                }
                var inside = Math.Max(place, 0);
                var low = Math.Min((long)inside, length - 1);
                var high = Math.Min(low + 1, length - 1);
                var ratio = high == low ? 0 : inside - low;
                samples[i] = new(low, high, 1 - ratio, ratio);
            }
            return samples;
        }
    }

    /// <summary>A place between two elements.</summary>
    private readonly record struct Sample(long Low, long High, double LowWeight, double HighWeight);
}
